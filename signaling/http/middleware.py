"""Around every answer: one shape for errors, security headers, and a count for the metrics."""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from signaling import problems
from signaling.http import pages, problem
from signaling.http.connections import HEARD
from signaling.http.parts import SERVICES
from signaling.http.problem import Problem, of_status
from signaling.kernel.errors import DomainError, Failed, Malformed, Unavailable
from storage.errors import InvalidCursor, StorageError

log = logging.getLogger(__name__)

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": (
        "camera=(self), microphone=(self), display-capture=(self), geolocation=()"
    ),
    "Referrer-Policy": "no-referrer",  # a room's address stays between those who were given it
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=31536000"
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH")
BEGUN = web.RequestKey("begun", float)
ANSWERED = web.RequestKey("answered", bool)


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal `on_response_prepare`: also on files, streams and errors."""
    secure(response)
    config = request.app[SERVICES].config
    # Not for a certificate of our own, which pins a dead end.
    if config.server.public_url.startswith("https://"):
        response.headers["Strict-Transport-Security"] = HSTS


def secure(response: web.StreamResponse) -> None:
    """The headers of every answer, also of one to what is not HTTP."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Server"] = "carelay"


async def count(request: web.Request, response: web.StreamResponse) -> None:
    """Signal `on_response_prepare`: the request in the metrics, by route pattern, as soon
    as its answer begins.
    """
    resource = request.match_info.route.resource
    route = resource.canonical if resource is not None else "none"
    method = request.method if request.method in METHODS else "other"
    request[ANSWERED] = True
    seconds = time.monotonic() - request[BEGUN]
    request.app[SERVICES].metrics.count_request(method, route, response.status, seconds)


Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def answer(app: web.Application, handle: Handle, request: web.Request) -> web.StreamResponse:
    """Every error as application/problem+json (RFC 9457); one
    that nobody foresaw tells the client nothing of it.

    `handle` is all of the application, routing and middleware included: those raise, too.
    """
    request[BEGUN] = time.monotonic()
    app[HEARD].add(request.protocol)
    try:
        return await handle(request)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST or ANSWERED in request:
            raise
        pages_path = app[SERVICES].config.pages_path
        page = (
            pages.not_found(request, pages_path) if error.status == HTTPStatus.NOT_FOUND else None
        )
        return page or problem_response(_of_framework(error, request), _kept_headers(error))
    except Exception as error:
        # In the middle of a file only a cut connection tells that it is not whole.
        if ANSWERED in request:
            raise
        known = error if isinstance(error, DomainError) else _translated(error)
        return problem_response(problem.of_error(known), problem.headers(known))


def _translated(error: Exception) -> DomainError:
    match error:
        case StorageError():
            if not isinstance(error, InvalidCursor):
                log.warning("%s", error)
            return problems.of_storage(error)
        case web.RequestPayloadError():  # a peer's: chunks or a compression that do not add up
            return Malformed("invalid_body", reason="not_well_formed")
        case TimeoutError():
            return Unavailable("timeout")
    log.error("a request failed", exc_info=error)
    return Failed("internal_error")


def problem_response(told: Problem, headers: dict[str, str] | None = None) -> web.Response:
    """The problem as it is sent."""
    response = problem.response(told, headers)
    secure(response)
    return response


def of_no_http(error: BaseException | None) -> Problem:
    """For what could not even be read as a request. Nothing of it is repeated."""
    return of_status(431 if isinstance(error, LineTooLong) else 400)


def _of_framework(error: web.HTTPException, request: web.Request) -> Problem:
    match error.status:
        case 405:
            allowed = sorted(getattr(error, "allowed_methods", ()))
            return of_status(405, _not_possible(request.method, allowed))
    return of_status(error.status)


def _not_possible(method: str, allowed: Sequence[str]) -> DomainError:
    if method in METHODS:
        return DomainError("method_not_allowed", reason="known", method=method, allowed=allowed)
    return DomainError("method_not_allowed", reason="unknown", allowed=allowed)


def _kept_headers(error: web.HTTPException) -> dict[str, str]:
    return {name: error.headers[name] for name in ("Allow",) if name in error.headers}
