"""The HTTP server under the application: what is not HTTP, and what fails outside of a handler,
is answered here.

The only file that knows how aiohttp puts a server together; tests/signaling/http/test_server.py
holds it to that.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, cast

from aiohttp import web
from aiohttp.http import HttpProcessingError

from signaling.http.middleware import Handle, answer, of_no_http, problem_response
from signaling.http.parts import SERVICES
from signaling.http.problem import of_status
from signaling.kernel.network import Network, household, is_in

log = logging.getLogger(__name__)

SEND_SECONDS = 60.0
"""A whole answer out of memory or a file of the pages; media
and WebSockets watch their own time.
"""


MOST_OF_A_NETWORK = 2048
"""Connections at once: several for each window of a large clinic,
and a small part of what there are.
"""


class Connection(web.RequestHandler):
    """One connection. aiohttp answers what is no HTTP with versions and bytes of it, and logs
    where it came from.
    """

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002  it quotes the request
    ) -> web.StreamResponse:
        """For bytes that are no request, or a failure outside of `answer`.

        The connection is closed after it.
        """
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun")
        if isinstance(exc, HttpProcessingError):
            response = problem_response(of_no_http(exc))
        else:
            log.error("a request failed", exc_info=exc)
            response = problem_response(of_status(status))
        response.force_close()
        return response

    def log_exception(self, *args: Any, **options: Any) -> None:
        """Only faults of ours: chunks that do not add up, of a body that nobody reads,
        are the client's.
        """
        if not isinstance(options.get("exc_info"), HttpProcessingError | web.RequestPayloadError):
            super().log_exception(*args, **options)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Sends it. Who does not read is disconnected:
        each such connection would be kept for good.
        """
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await super().finish_response(request, resp, start_time)
        except TimeoutError:
            if self.transport is not None:
                self.transport.abort()
            return resp, True


class Server(web.Server):
    """Makes connections of our kind, and not all of them for one address."""

    trusted: Sequence[Network] = ()
    """Proxies: everybody comes from there."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._places: dict[web.RequestHandler, str] = {}
        self._counts: Counter[str] = Counter()

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        """One too many is cut off before a byte of it is read."""
        super().connection_made(handler, transport)
        peer = (transport.get_extra_info("peername") or [""])[0]
        if is_in(peer, self.trusted):
            return
        place = self._places[handler] = household(peer)
        self._counts[place] += 1
        if self._counts[place] > MOST_OF_A_NETWORK:
            transport.abort()

    def connection_lost(
        self, handler: web.RequestHandler, exc: BaseException | None = None
    ) -> None:
        """It counts no more."""
        super().connection_lost(handler, exc)
        place = self._places.pop(handler, None)
        if place is not None:
            self._counts[place] -= 1
            if not self._counts[place]:
                del self._counts[place]

    def __call__(self) -> Connection:
        return Connection(self, loop=self._loop, **self._kwargs)


class Runner(web.AppRunner):
    """Runs the application in that server, with every error of it in one shape."""

    async def _make_server(self) -> Server:
        usual = await super()._make_server()
        handle = cast("Handle", usual.request_handler)
        # Compressed bodies are refused (415), so nothing is unpacked. An access log would hold
        # addresses and rooms.
        ours = {"auto_decompress": False, "access_log": None}
        options: dict[str, Any] = usual._kwargs | ours  # noqa: SLF001  it has no public name
        handler = cast("Any", partial(answer, self.app, handle))
        options |= {"request_factory": usual.request_factory, "loop": usual._loop}  # noqa: SLF001
        server = Server(handler, **options)
        server.trusted = self.app[SERVICES].config.server.trusted_proxies
        return server
