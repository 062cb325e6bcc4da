"""Text signed with Ed25519 keys, as C2SP's signed-note has it: https://c2sp.org/signed-note. Pure.

A note is worth nothing before a `Verifier` has opened it with a key that came another way.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from storage.errors import InvalidNote

MAX_SIZE = 1_000_000
MAX_SIGNATURES = 100
ED25519 = b"\x01"
KEY_ID_SIZE = 4
KEY_SIZE = 32
PRIVATE = "PRIVATE+KEY+"

_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIGNATURE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True)
class Signature:
    """Whose key it says that it is of, and what that key made."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True)
class Note:
    """A text, which ends with a newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    @property
    def data(self) -> bytes:
        lines = [f"— {one.name} {encode(one.key_id + one.value)}\n" for one in self.signatures]
        return f"{self.text}\n{''.join(lines)}".encode()


@dataclass(frozen=True)
class Verifier:
    """A public key, and the name of who signs with it."""

    name: str
    key: bytes

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """`<name>+<key id>+<key>`, as it is published. Raises InvalidNote."""
        name, key_id, encoded = parts_of_key(vkey.strip(), "public key")
        key = decode(encoded)
        if key is None or key[:1] != ED25519 or len(key) != 1 + KEY_SIZE:
            raise InvalidNote("The public key is not an Ed25519 key of a signed note.")
        verifier = cls(name, key[1:])
        if key_id != verifier.key_id.hex():
            raise InvalidNote("The public key is damaged: its id does not fit its name and key.")
        return verifier

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, ED25519 + self.key)

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encode(ED25519 + self.key)}"

    def open(self, note: Note) -> str:
        """The text, if this key has signed it. Raises InvalidNote."""
        mine = [one for one in note.signatures if (one.name, one.key_id) == self._named]
        if not mine:
            signers = ", ".join(sorted({one.name for one in note.signatures}))
            raise InvalidNote(f"The note is not signed with the key of {self.name}, but {signers}.")
        for signature in mine:
            try:
                Ed25519PublicKey.from_public_bytes(self.key).verify(
                    signature.value, note.text.encode()
                )
            except (InvalidSignature, ValueError):
                raise InvalidNote(f"The signature of {self.name} does not fit the text.") from None
        return note.text

    @property
    def _named(self) -> tuple[str, bytes]:
        return self.name, self.key_id


@dataclass(frozen=True)
class Signer:
    """A private key, and the name that it signs as."""

    name: str
    seed: bytes = field(repr=False)

    @classmethod
    def parse(cls, skey: str) -> "Signer":
        """As `secret` writes it. Raises InvalidNote."""
        text = skey.strip()
        if not text.startswith(PRIVATE):
            raise InvalidNote(f"A private key of signed notes begins with {PRIVATE}")
        name, key_id, encoded = parts_of_key(text.removeprefix(PRIVATE), "private key")
        seed = decode(encoded)
        if seed is None or seed[:1] != ED25519 or len(seed) != 1 + KEY_SIZE:
            raise InvalidNote("The private key is not an Ed25519 key of signed notes.")
        signer = cls(name, seed[1:])
        if key_id != signer.verifier.key_id.hex():
            raise InvalidNote("The private key is damaged: its id does not fit its name and key.")
        return signer

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self._key.public_key().public_bytes_raw())

    @property
    def secret(self) -> str:
        """In the form that Go's sumdb/note reads."""
        key_id = self.verifier.key_id.hex()
        return f"{PRIVATE}{self.name}+{key_id}+{encode(ED25519 + self.seed)}"

    def sign(self, text: str) -> Note:
        value = self._key.sign(text.encode())
        return Note(text, (Signature(self.name, self.verifier.key_id, value),))

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def key_id(name: str, typed: bytes) -> bytes:
    """Of a key with the octet of its type in front."""
    return hashlib.sha256(name.encode() + b"\n" + typed).digest()[:KEY_ID_SIZE]


def parse(data: bytes) -> Note:
    """Whatever it says is unproved until a key opens it. Raises InvalidNote."""
    if len(data) > MAX_SIZE:
        raise InvalidNote(f"The note is longer than {MAX_SIZE} bytes.")
    try:
        decoded = data.decode()
    except UnicodeDecodeError:
        raise InvalidNote("The note is not UTF-8.") from None
    if _CONTROLS.search(decoded):
        raise InvalidNote("The note has control characters.")
    text, gap, below = decoded.rpartition("\n\n")
    if not gap or not below.endswith("\n"):
        raise InvalidNote("The note does not end with an empty line and signatures.")
    lines = below[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise InvalidNote(f"The note has more than {MAX_SIGNATURES} signatures.")
    return Note(f"{text}\n", tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    found = _SIGNATURE.fullmatch(line)
    value = decode(found[2]) if found else None
    if not found or value is None or len(value) <= KEY_ID_SIZE:
        raise InvalidNote("The note has a line below its text that is no signature.")
    return Signature(_checked(found[1]), value[:KEY_ID_SIZE], value[KEY_ID_SIZE:])


def parts_of_key(text: str, what: str) -> tuple[str, str, str]:
    """Name, id and key as they are published. Raises InvalidNote."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise InvalidNote(f"The {what} is not <name>+<key id>+<key>.")
    return _checked(parts[0]), parts[1], parts[2]


def _checked(name: str) -> str:
    if not name or "+" in name or len(name.split()) != 1 or name != name.strip():
        raise InvalidNote("The name of a key is empty, or has spaces or a plus sign.")
    return name


def encode(data: bytes) -> str:
    """Base64."""
    return base64.b64encode(data).decode()


def decode(text: str) -> bytes | None:
    """Base64; none for what is not, or not the one way to write it."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if encode(data) == text else None
