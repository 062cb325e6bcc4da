"""Decrypted media as an HTTP response, a piece at a time: nothing of it is ever whole in memory
or on disk.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from signaling.kernel.errors import Damaged, OutOfRange
from signaling.recordings.playback.byterange import (
    ByteRange,
    UnsatisfiableRangeError,
    requested,
    still_the_same,
)
from storage.errors import DamagedPart
from storage.threads import Threads
from storage.vault.reader import PartReader

log = logging.getLogger(__name__)

DISK_SECONDS = 10.0
"""For one piece, its turn included."""
PIECE_BYTES = 128 * 1024  # 8 encrypted chunks; about 0.1 ms of decryption in a thread


@dataclass(frozen=True)
class MediaFile:
    """A part as a player sees it: the seek header,
    then the decrypted file from `body_offset` on.
    """

    reader: PartReader
    disk: Threads
    """Where it is read."""
    seek_header: bytes
    body_offset: int
    media_type: str
    etag: str
    """Quoted, strong: a settled part never changes."""
    download_name: str | None
    """Save it under that name; none: show it in the page."""
    on_damage: Callable[[], Awaitable[None]]
    """The file on disk was tampered with or is broken."""

    @property
    def size(self) -> int:
        return len(self.seek_header) + self.reader.size - self.body_offset

    def read(self, start: int, length: int) -> bytes:
        """Blocking; fewer bytes only at the end. Raises DamagedPart."""
        head = self.seek_header[start : start + length]
        body_start = max(0, start - len(self.seek_header))
        return head + self.reader.read(self.body_offset + body_start, length - len(head))


async def respond(request: web.Request, file: MediaFile) -> web.StreamResponse:
    """The whole file or the range asked for; closes the file.

    Raises OutOfRange or Damaged, before the first byte only.
    """
    try:
        wanted = _wanted(request, file)
        part = wanted or ByteRange(0, file.size)
        response = web.StreamResponse(status=206 if wanted else 200, headers=_headers(file, wanted))
        response.content_length = part.length
        if request.method == "HEAD":
            await response.prepare(request)
            return response
        first = await _first_piece(file, part)
        await response.prepare(request)
        await _stream(request, response, file, part, first)
        return response
    finally:
        file.reader.close()


def _wanted(request: web.Request, file: MediaFile) -> ByteRange | None:
    if not still_the_same(request.headers.get("If-Range"), file.etag):
        return None
    try:
        return requested(request.headers.get("Range"), file.size)
    except UnsatisfiableRangeError:
        raise OutOfRange("range_not_satisfiable", reason="file", size=file.size) from None


def _headers(file: MediaFile, wanted: ByteRange | None) -> dict[str, str]:
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",  # decrypted: not into the browser's disk cache
        "Content-Type": file.media_type,
        "ETag": file.etag,
    }
    if wanted:
        headers["Content-Range"] = wanted.content_range(file.size)
    if file.download_name:
        headers["Content-Disposition"] = f'attachment; filename="{file.download_name}"'
    return headers


async def _first_piece(file: MediaFile, part: ByteRange) -> bytes:
    """Read before the headers are sent, so that the usual damage is an error
    and not a broken download.
    """
    try:
        async with asyncio.timeout(DISK_SECONDS):
            return await file.disk.run(file.read, part.start, min(PIECE_BYTES, part.length))
    except DamagedPart:
        await file.on_damage()
        raise Damaged("recording_damaged") from None


async def _stream(
    request: web.Request,
    response: web.StreamResponse,
    file: MediaFile,
    part: ByteRange,
    first: bytes,
) -> None:
    await response.write(first)
    position, end = part.start + len(first), part.start + part.length
    while position < end:
        piece = await _next_piece(file, position, min(PIECE_BYTES, end - position))
        if not piece:
            if request.transport is not None:  # a short body must not look like a whole one
                request.transport.abort()
            return
        await response.write(piece)
        position += len(piece)


async def _next_piece(file: MediaFile, start: int, length: int) -> bytes:
    """Empty if there is none to be had."""
    try:
        async with asyncio.timeout(DISK_SECONDS):
            return await file.disk.run(file.read, start, length)
    except TimeoutError:
        log.warning("a recording is not read further: the disk does not answer")
    except DamagedPart:
        await file.on_damage()
    return b""
