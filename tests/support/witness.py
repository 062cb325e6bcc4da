"""A witness as https://c2sp.org/tlog-witness has it, on a real socket.

It shares nothing with the log that it watches: notes are read, keys named and signatures made here,
and a consistency proof is checked by going down the recursion of RFC 6962, section 2.1.2, by which
it was made, and not by the loop of RFC 9162.
"""

import base64
import hashlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

EMPTY = hashlib.sha256(b"").digest()


@dataclass
class TestWitness:
    """Knows the logs whose keys it was given."""

    __test__ = False

    name: str = "witness.example/w1"
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    logs: dict[str, str] = field(default_factory=dict)
    """Public key of each log by its origin, as it is published."""
    seen: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """Size and root that were cosigned last, by origin."""
    asked: list[tuple[int, int]] = field(default_factory=list)
    """Status and old size of each request."""
    instead: Callable[[], web.Response] | None = None
    """What it answers whatever it is asked: it is out of order."""

    @property
    def vkey(self) -> str:
        typed = b"\x04" + self.key.public_key().public_bytes_raw()
        return f"{self.name}+{self._key_id().hex()}+{base64.b64encode(typed).decode()}"

    def trust(self, vkey: str) -> None:
        self.logs[vkey.partition("+")[0]] = vkey.strip()

    async def add_checkpoint(self, request: web.Request) -> web.Response:
        if self.instead is not None:
            return self.instead()
        body = await request.read()
        old = int(body.split(b"\n", 1)[0].removeprefix(b"old "))
        answer = self._answer(old, body)
        self.asked.append((answer.status, old))
        return answer

    def _answer(self, old: int, body: bytes) -> web.Response:
        head, _, note = body.decode().partition("\n\n")
        proof = [base64.b64decode(line, validate=True) for line in head.split("\n")[1:]]
        text, _, signatures = note.partition("\n\n")
        text += "\n"
        origin, number, root = text.split("\n")[:3]
        size, said = int(number), base64.b64decode(root, validate=True)
        if origin not in self.logs:
            return web.Response(status=404)
        if not _is_signed(text, signatures, self.logs[origin]):
            return web.Response(status=403)
        if old > size or len(proof) > 63:
            return web.Response(status=400)
        known, known_root = self.seen.get(origin, (0, EMPTY))
        if old != known:
            return web.Response(
                status=409, body=f"{known}\n".encode(), headers={"Content-Type": "text/x.tlog.size"}
            )
        if not _follows(old, size, proof, known_root, said):
            return web.Response(status=422)
        self.seen[origin] = size, said
        return web.Response(body=self._cosigned(text).encode())

    def _cosigned(self, text: str) -> str:
        now = int(time.time())
        value = self.key.sign(f"cosignature/v1\ntime {now}\n{text}".encode())
        encoded = base64.b64encode(self._key_id() + now.to_bytes(8, "big") + value).decode()
        return (
            f"— somebody.else/w9 {base64.b64encode(bytes(80)).decode()}\n— {self.name} {encoded}\n"
        )

    def _key_id(self) -> bytes:
        typed = b"\x04" + self.key.public_key().public_bytes_raw()
        return hashlib.sha256(self.name.encode() + b"\n" + typed).digest()[:4]


@asynccontextmanager
async def serving(witness: TestWitness, port: int | None = None) -> AsyncIterator[str]:
    """Its submission prefix."""
    app = web.Application()
    app.router.add_post("/prefix/add-checkpoint", witness.add_checkpoint)
    async with TestServer(app, port=port) as server:
        yield str(server.make_url("/prefix"))


def _is_signed(text: str, signatures: str, vkey: str) -> bool:
    name, key_id, encoded = vkey.split("+", 2)
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(encoded)[1:])
    for line in signatures.splitlines():
        signed, value = line.removeprefix("— ").split(" ")
        raw = base64.b64decode(value, validate=True)
        if (signed, raw[:4].hex()) == (name, key_id):
            try:
                public.verify(raw[4:], text.encode())
            except InvalidSignature:
                return False
            return True
    return False


def _follows(old: int, new: int, proof: list[bytes], before: bytes, after: bytes) -> bool:
    if old in {0, new}:
        return not proof and (old == 0 or before == after)
    left = list(proof)
    try:
        return _roots(old, new, left, before, whole=True) == (before, after) and not left
    except IndexError:
        return False


def _roots(
    old: int, new: int, proof: list[bytes], known: bytes, *, whole: bool
) -> tuple[bytes, bytes]:
    """Of the first `old` and of all `new` leaves, with what the proof has for this subtree."""
    if old == new:
        found = known if whole else proof.pop()
        return found, found
    half = 1 << ((new - 1).bit_length() - 1)
    beside = proof.pop()
    if old <= half:
        before, after = _roots(old, half, proof, known, whole=whole)
        return before, _node(after, beside)
    before, after = _roots(old - half, new - half, proof, known, whole=False)
    return _node(beside, before), _node(beside, after)


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
