"""Content as an HTTP response: the whole of it or the range asked for, a piece at a time."""

import logging
import re
from urllib.parse import quote

from aiohttp import web

from signaling.http.byterange import (
    ByteRange,
    UnsatisfiableRangeError,
    requested,
    still_the_same,
)
from signaling.kernel.content import Content, Stream
from signaling.kernel.errors import DomainError, OutOfRange
from storage.errors import StorageError

log = logging.getLogger(__name__)

PIECE_BYTES = 128 * 1024  # 8 encrypted chunks of a recording; 0.1 ms of decryption in a thread


async def send(request: web.Request, content: Content) -> web.StreamResponse:
    """Answers the request, and closes the content. Raises only as long as nothing was sent.

    OutOfRange, or what reading raises: the usual damage is an error and not a broken download.
    """
    try:
        wanted = _wanted(request, content)
        part = wanted or ByteRange(0, content.size)
        response = web.StreamResponse(
            status=206 if wanted else 200, headers=_headers(content, wanted)
        )
        response.content_length = part.length
        if request.method == "HEAD":
            await response.prepare(request)
            return response
        first = await content.read(part.start, min(PIECE_BYTES, part.length))
        await content.accessed(part.start, part.length)
        await response.prepare(request)
        await response.write(first)
        await _send_rest(request, response, content, part.behind(len(first)))
        return response
    finally:
        content.close()


async def send_stream(request: web.Request, stream: Stream) -> web.StreamResponse:
    """Answers the request piece by piece, as fast as it is taken. Raises only as long as nothing
    was sent.
    """
    headers = {
        "Cache-Control": "no-store",
        "Content-Type": stream.media_type,
        **attached(stream.download_name),
    }
    response = web.StreamResponse(headers=headers)
    if request.method == "HEAD":
        await response.prepare(request)
        return response
    pieces = stream.pieces()
    first = await anext(pieces, b"")
    await response.prepare(request)
    await response.write(first)
    try:
        async for piece in pieces:
            await response.write(piece)
    except StorageError as error:
        log.warning("an export is broken off: %s", error)
        if request.transport is not None:  # a short body must not look like a whole one
            request.transport.abort()
    return response


def _wanted(request: web.Request, content: Content) -> ByteRange | None:
    if not still_the_same(request.headers.get("If-Range"), _etag(content)):
        return None
    try:
        return requested(request.headers.get("Range"), content.size)
    except UnsatisfiableRangeError:
        raise OutOfRange("range_not_satisfiable", reason="file", size=content.size) from None


def _headers(content: Content, wanted: ByteRange | None) -> dict[str, str]:
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",  # decrypted: not into the browser's disk cache
        "Content-Type": content.media_type,
        "ETag": _etag(content),
    }
    if wanted:
        headers["Content-Range"] = wanted.content_range(content.size)
    if content.download_name:
        headers |= attached(content.download_name)
    return headers


def attached(name: str) -> dict[str, str]:
    """Saved under that name (RFC 6266) and never shown: opened all the same, it can do nothing."""
    plain = re.sub(r"[^A-Za-z0-9 ()._+-]", "_", name)
    value = f'attachment; filename="{plain}"'
    if plain != name:
        value += f"; filename*=UTF-8''{quote(name, safe='')}"
    return {
        "Content-Disposition": value,
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }


def _etag(content: Content) -> str:
    return f'"{content.tag}"'


async def _send_rest(
    request: web.Request, response: web.StreamResponse, content: Content, rest: ByteRange
) -> None:
    while rest.length > 0:
        piece = await _piece(content, rest)
        if not piece:
            if request.transport is not None:  # a short body must not look like a whole one
                request.transport.abort()
            return
        await response.write(piece)
        rest = rest.behind(len(piece))


async def _piece(content: Content, rest: ByteRange) -> bytes:
    """Empty if there is none to be had."""
    try:
        return await content.read(rest.start, min(PIECE_BYTES, rest.length))
    except TimeoutError:
        log.warning("a recording is not read further: the disk does not answer")
    except (DomainError, StorageError) as error:
        log.warning("a recording is not read further: %s", error)
    return b""
