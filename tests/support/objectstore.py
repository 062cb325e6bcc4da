"""A private S3 server on a free port, and a proxy before it that can be cut, stalled and corrupted.

moto keeps its objects in memory and checks no signature: those are compared with botocore's.
"""

import asyncio
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import pytest

from storage.ids import new_id
from storage.vault.objects.bucket import Bucket
from storage.vault.objects.settings import BucketSettings, Lock

ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "AKIDTEST", "AWS_SECRET_ACCESS_KEY": "a-secret-of-tests"}
_SIGNED = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request"
_SERVER = """
import logging, os, sys
if os.fork():
    os._exit(0)
from moto.server import ThreadedMotoServer
logging.disable(logging.CRITICAL)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
os._exit(0)
"""


@dataclass
class ObjectServer:
    """moto, as a process of its own."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def new_bucket(self, *, versions: bool = False, locks: bool = False) -> str:
        name = f"recordings-{new_id()[:12]}"
        self.ask("PUT", f"/{name}", {"x-amz-bucket-object-lock-enabled": "true"} if locks else {})
        if versions:
            status = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
            self.ask("PUT", f"/{name}?versioning", {}, status.encode())
        return name

    def keys(self, bucket: str) -> set[str]:
        """Of all versions of all objects, but for the marker."""
        found = re.findall(r"<Key>([^<]*)</Key>", self.ask("GET", f"/{bucket}?versions"))
        return {key for key in found if not key.endswith("carelay-recordings")}

    def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> str:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body, {"Authorization": _SIGNED, **(headers or {})})
        response = connection.getresponse()
        answer = response.read().decode()
        connection.close()
        assert response.status < 300, answer
        return answer


@contextmanager
def private_object_server() -> Iterator[ObjectServer]:
    """It is nobody's child, so that no test is blamed for it, and ends when its input does."""
    with subprocess.Popen(
        [sys.executable, "-c", _SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        process.wait()
        yield ObjectServer(port)


@pytest.fixture(scope="session")
def object_server() -> Iterator[ObjectServer]:
    """One for each worker; a test makes a bucket of its own."""
    with private_object_server() as server:
        yield server


def bucket_at(url: str, name: str, *, prefix: str = "", lock: Lock | None = None) -> Bucket:
    """As a server has it."""
    return Bucket(BucketSettings(name, url, prefix=prefix, lock=lock), ENVIRONMENT)


Change = Callable[[str, bytes], bytes]


@dataclass
class Proxy:
    """Speaks HTTP/1.1 just well enough to pass requests on, or not to.

    It runs in a thread of its own: whoever is tested may block.
    """

    target: int
    port: int = 0
    refuses: Callable[[str], int | None] = lambda _line: None
    """A status to answer a request line with, in place of the server."""
    stalls: Callable[[str], bool] = lambda _line: False
    cuts: Callable[[str], bool] = lambda _line: False
    """Whether the connection is closed in the middle of the request's body."""
    answers: Change = lambda _line, body: body
    """What becomes of the body of an answer."""
    seen: list[str] = field(default_factory=list)
    """Request lines."""
    _loop: asyncio.AbstractEventLoop | None = None
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def heal(self) -> None:
        """It passes on everything."""
        self.refuses, self.stalls, self.cuts = (
            (lambda _l: None),
            (lambda _l: False),
            (lambda _l: False),
        )
        self.answers = lambda _line, body: body

    def die(self) -> None:
        """Nobody listens any more."""
        assert self._loop
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)

    def rise(self) -> None:
        """On the same port."""
        assert self._loop
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while await self._pass(reader, writer):
                pass
        writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        line = head.split(b"\r\n", 1)[0].decode()
        self.seen.append(line)
        length = _length(head)
        while self.stalls(line):  # noqa: ASYNC110  it asks a rule that the test exchanges
            await asyncio.sleep(0.02)
        if self.cuts(line):
            await reader.readexactly(min(length, 4096))
            writer.transport.abort()
            return False
        body = await reader.readexactly(length)
        if (status := self.refuses(line)) is not None:
            error = b"<Error><Code>InternalError</Code></Error>"
            writer.write(f"HTTP/1.1 {status} No\r\nContent-Length: {len(error)}\r\n\r\n".encode())
            writer.write(error)
            await writer.drain()
            return True
        answer_head, answer = await self._ask(head, body, line)
        writer.write(answer_head + self.answers(line, answer))
        await writer.drain()
        return True

    async def _ask(self, head: bytes, body: bytes, line: str) -> tuple[bytes, bytes]:
        upstream, to = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            closing = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", head)
            to.write(closing[:-2] + b"Connection: close\r\n\r\n" + body)
            answer = await upstream.readuntil(b"\r\n\r\n")
            answer = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", answer)
            has_body = not line.startswith("HEAD") and b" 204 " not in answer.split(b"\r\n")[0]
            return answer, await upstream.readexactly(_length(answer)) if has_body else b""
        finally:
            to.close()


def _length(head: bytes) -> int:
    found = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return int(found[1]) if found else 0


@contextmanager
def proxied(server: ObjectServer) -> Iterator[Proxy]:
    """Before that server."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    proxy = Proxy(server.port, _loop=loop)
    proxy.rise()
    try:
        yield proxy
    finally:
        proxy.die()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def proxy(object_server: ObjectServer) -> Iterator[Proxy]:
    with proxied(object_server) as proxy:
        yield proxy


def credentials_file(folder: Path) -> Path:
    """A credentials file as AWS's tools have it."""
    file = folder / "bucket-credentials"
    file.write_text(
        "[default]\naws_access_key_id = AKIDTEST\naws_secret_access_key = a-secret-of-tests\n"
    )
    file.chmod(0o600)
    return file
