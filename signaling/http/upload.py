"""A file in the body of a request, read as it comes."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import unquote

from aiohttp import ClientError, web

from signaling.http.problem import TooSlow, WrongContent
from signaling.kernel.content import Upload
from signaling.kernel.errors import Invalid, Malformed

MEDIA_TYPE = "application/octet-stream"
"""No form of another site can send that, and what is in it is found out, not believed."""
NAME = "Content-Disposition"
PIECE_SECONDS = 30.0
"""Without a byte."""
SECONDS = 900.0
"""For all of it."""

_NAMED = re.compile(r"filename\*\s*=\s*UTF-8''([^;\s]+)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class RequestUpload(Upload):
    """The body of this request."""

    request: web.Request

    async def pieces(self) -> AsyncIterator[bytes]:
        """See Upload. Raises TooSlow, Malformed."""
        while True:
            try:
                async with asyncio.timeout(PIECE_SECONDS):
                    piece = await self.request.content.readany()
            except TimeoutError:
                raise TooSlow("body_timeout") from None
            except (web.RequestPayloadError, ClientError, ConnectionError):
                raise Malformed("invalid_body", reason="not_well_formed") from None
            if not piece:
                return
            yield piece


def read(request: web.Request) -> RequestUpload:
    """Nothing of the body is read yet. Raises WrongContent, Invalid."""
    if request.content_type != MEDIA_TYPE or "Content-Encoding" in request.headers:
        raise WrongContent("unsupported_media_type", reason="file")
    return RequestUpload(
        request=request, name=_name(request.headers.get(NAME, "")), length=request.content_length
    )


def _name(header: str) -> str:
    named = _NAMED.search(header)
    try:
        return unquote(named.group(1), errors="strict") if named else ""
    except UnicodeDecodeError:
        problem = "It is not UTF-8 in percent signs"
        raise Invalid("invalid_parameter", parameter=NAME, problem=problem) from None
