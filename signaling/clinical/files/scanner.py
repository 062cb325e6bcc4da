"""A virus scanner that is asked about each file as it comes: ClamAV's clamd, by its INSTREAM
command (clamd(8)): pieces with their length before them, an empty one, and the verdict.

What it cannot be asked about is not taken.
"""

import asyncio
import logging
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from signaling.kernel.errors import Invalid, Unavailable

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
PIECE_SECONDS = 30.0
VERDICT_SECONDS = 60.0
"""A file of 20 MB takes some seconds."""
MOST_REPLY = 1024
TCP = "tcp://"

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Scan:
    """Of one file."""

    async def feed(self, piece: bytes) -> None:
        """Raises Unavailable."""

    async def require_clean(self) -> None:
        """Once all of it was given. Raises Invalid with the name of what was found, Unavailable."""


class _ClamdScan(Scan):
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def feed(self, piece: bytes) -> None:
        with _told():
            async with asyncio.timeout(PIECE_SECONDS):
                self._writer.write(struct.pack(">I", len(piece)) + piece)
                await self._writer.drain()

    async def require_clean(self) -> None:
        with _told():
            async with asyncio.timeout(VERDICT_SECONDS):
                self._writer.write(bytes(4))
                await self._writer.drain()
                reply = await _reply(self._reader)
        answer = reply.partition(": ")[2]
        if answer == "OK":
            return
        name, _, found = answer.rpartition(" ")
        if found == "FOUND" and name:
            log.warning("a file was refused: the scanner found %s", name)
            raise Invalid("file_infected", signature=name)
        log.error("the scanner has no verdict: %s", reply)
        raise Unavailable("scanner_unavailable")


class Scanner:
    """Nobody is asked if no address is configured."""

    def __init__(self, address: str) -> None:
        """A path of a socket, or tcp://host:port."""
        self._address = address

    @asynccontextmanager
    async def scan(self) -> AsyncIterator[Scan]:
        """Raises Unavailable if there is one to be asked and it does not answer."""
        if not self._address:
            yield Scan()
            return
        with _told():
            reader, writer = await self._connect()
        try:
            writer.write(b"zINSTREAM\0")
            yield _ClamdScan(reader, writer)
        finally:
            writer.close()

    async def version(self) -> str:
        """What answers there. Raises OSError, TimeoutError, ValueError."""
        reader, writer = await self._connect()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                writer.write(b"zVERSION\0")
                return await _reply(reader)
        finally:
            writer.close()

    async def _connect(self) -> Streams:
        async with asyncio.timeout(CONNECT_SECONDS):
            if not self._address.startswith(TCP):
                return await asyncio.open_unix_connection(self._address)
            host, _, port = self._address.removeprefix(TCP).rpartition(":")
            return await asyncio.open_connection(host.strip("[]"), int(port))


async def _reply(reader: asyncio.StreamReader) -> str:
    """Up to its end. Raises ValueError if there is none."""
    try:
        whole = await reader.readuntil(b"\0")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        raise ValueError("the scanner has broken off") from None
    return whole[:MOST_REPLY].rstrip(b"\0").decode(errors="replace").strip()


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (OSError, TimeoutError, ValueError) as error:
        log.error("files cannot be scanned: %s", str(error) or type(error).__name__)
        raise Unavailable("scanner_unavailable") from None
