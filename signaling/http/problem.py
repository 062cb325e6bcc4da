"""Errors over HTTP: problem details (RFC 9457) with the status and headers of their kind."""
# ruff: noqa: N818 - see kernel/errors.py

import msgspec
from aiohttp import web
from msgspec import field

from signaling import problems
from signaling.kernel.errors import (
    Conflict,
    Damaged,
    DomainError,
    Failed,
    Invalid,
    Malformed,
    NotAllowed,
    NotFound,
    OutOfRange,
    SignInRequired,
    TooLarge,
    TooMany,
    Unavailable,
)
from signaling.kernel.resources import Resource


class TooSlow(DomainError):
    """The request did not arrive in time."""


class WrongContent(DomainError):
    """The body is of a kind that is not taken."""


STATUSES: dict[type[DomainError], int] = {
    Malformed: 400,
    SignInRequired: 401,
    NotAllowed: 403,
    NotFound: 404,
    TooSlow: 408,
    Conflict: 409,
    TooLarge: 413,
    WrongContent: 415,
    OutOfRange: 416,
    Invalid: 422,
    TooMany: 429,
    Damaged: 500,
    Failed: 500,
    Unavailable: 503,
}

# Ours, not Python's phrases: those change (413 was "Request Entity Too Large" before 3.13), and
# codes are an API.
BARE: dict[int, DomainError] = {
    400: DomainError("bad_request"),
    401: DomainError("sign_in_required"),
    403: DomainError("forbidden"),
    404: DomainError("not_found"),
    405: DomainError("method_not_allowed"),
    406: DomainError("not_acceptable"),
    408: DomainError("request_timeout"),
    411: DomainError("length_required"),
    412: DomainError("precondition_failed"),
    413: DomainError("content_too_large"),
    414: DomainError("uri_too_long"),
    415: DomainError("unsupported_media_type"),
    416: DomainError("range_not_satisfiable"),
    417: DomainError("expectation_failed"),
    426: DomainError("upgrade_required"),
    429: DomainError("too_many_requests", reason="unknown_time"),
    431: DomainError("header_too_large"),
    500: DomainError("internal_error"),
    501: DomainError("not_implemented"),
    503: DomainError("unavailable"),
}
"""What a status says by itself, such as those the web framework raises."""


class Problem(Resource, omit_defaults=True):
    """RFC 9457 problem details, the one shape of every error (application/problem+json)."""

    title: str
    status: int
    detail: str
    code: str
    """Short stable name, such as `unknown_room`, to program against."""
    reason: str | None = None
    """Tells apart what has the same code."""
    parameters: dict[str, str | int | list[str]] = field(default_factory=dict)
    """What it concerns, by name, for words of one's own."""
    type: str = "about:blank"


def status(error: DomainError) -> int:
    """That of its kind."""
    return STATUSES[type(error)]


def of_status(status: int, error: DomainError | None = None) -> Problem:
    """A problem for a bare HTTP status; `error` says more than the status does."""
    return _problem(status, error or BARE.get(status) or BARE[400 if status < 500 else 500])


def of_error(error: DomainError) -> Problem:
    """A problem for what a room raised."""
    return _problem(status(error), error)


def _problem(status: int, error: DomainError) -> Problem:
    return Problem(
        title=problems.title(error),
        status=status,
        detail=problems.detail(error),
        code=error.code,
        reason=error.reason,
        parameters=problems.parameters(error),
    )


def headers(error: DomainError) -> dict[str, str]:
    """What HTTP says of an error beside its body."""
    match error:
        case SignInRequired(code="invalid_token"):  # bring another one (RFC 6750, section 3)
            return {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        case SignInRequired():
            return {"WWW-Authenticate": "Bearer"}
        case OutOfRange():
            return {"Content-Range": f"bytes */{error.parameters['size']}"}
        case DomainError(retry_after=int(seconds)):
            return {"Retry-After": str(seconds)}
    return {}


def response(problem: Problem, headers: dict[str, str] | None = None) -> web.Response:
    """The problem as it is sent."""
    body = msgspec.json.encode(problem)
    return web.Response(
        status=problem.status, body=body, content_type="application/problem+json", headers=headers
    )
