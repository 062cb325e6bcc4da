"""An error that its reader can act on: RFC 9457 problem details on HTTP, an `error` message on a WebSocket."""

from collections.abc import Mapping
from dataclasses import dataclass

from signaling.kernel.resources import Problem


class ProblemError(Exception):
    """A request that cannot be served, and why: `detail` is one sentence for a person, `code` is for programs.

    Raised anywhere above storage and relay; the HTTP middleware and the WebSocket turn it into what they send.
    """

    def __init__(
        self, status: int, code: str, title: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.headers = dict(headers or {})

    def resource(self) -> Problem:
        """The body that is sent."""
        return Problem(title=self.title, status=self.status, detail=self.detail, code=self.code)


@dataclass(frozen=True)
class _Kind:
    """What a status says by itself."""

    code: str
    title: str
    detail: str


_CLIENT_ERROR = _Kind("bad_request", "Bad request", "The request cannot be understood.")
_SERVER_ERROR = _Kind("internal_error", "Internal error", "Something went wrong in the server; it is in its log.")

# Ours, not Python's phrases: those change (413 was "Request Entity Too Large" before 3.13), and codes are an API.
_KINDS: dict[int, _Kind] = {
    400: _CLIENT_ERROR,
    401: _Kind("sign_in_required", "Sign in first", "Sign in, or send a bearer token."),
    403: _Kind("forbidden", "Not allowed", "This is not allowed."),
    404: _Kind("not_found", "Not found", "There is nothing at this address."),
    405: _Kind("method_not_allowed", "Method not allowed", "This method is not possible here."),
    406: _Kind("not_acceptable", "Not acceptable", "There is no such representation of it."),
    408: _Kind("request_timeout", "Too slow", "The request did not arrive in time."),
    411: _Kind("length_required", "Length required", "Send a Content-Length."),
    412: _Kind("precondition_failed", "Precondition failed", "A condition in the request's headers does not hold."),
    413: _Kind("content_too_large", "Too large", "The request's body is larger than 65536 bytes."),
    414: _Kind("uri_too_long", "Address too long", "The address is too long."),
    415: _Kind("unsupported_media_type", "Unsupported media type", "This kind of content is not taken here."),
    416: _Kind("range_not_satisfiable", "Beyond the end", "There is no such range."),
    417: _Kind("expectation_failed", "Unknown expectation", "Of `Expect`, only `100-continue` is known here."),
    426: _Kind("upgrade_required", "Upgrade required", "This address is for WebSockets."),
    429: _Kind("too_many_requests", "Please wait", "Too many requests. Please try again in a moment."),
    431: _Kind("header_too_large", "Header too large", "The request line or a header is too long."),
    500: _SERVER_ERROR,
    501: _Kind("not_implemented", "Not possible", "The server cannot do this."),
    503: _Kind("unavailable", "Temporarily not available", "Please try again in a moment."),
}


def of_status(status: int, detail: str = "") -> Problem:
    """A problem for a bare HTTP status, such as those the web framework raises itself."""
    kind = _KINDS.get(status) or (_CLIENT_ERROR if status < 500 else _SERVER_ERROR)
    return Problem(title=kind.title, status=status, detail=detail or kind.detail, code=kind.code)


def database_unavailable() -> ProblemError:
    """The database is away: the request fails visibly, calls go on."""
    detail = "The server cannot reach its database. Please try again in a moment."
    return ProblemError(503, "database_unavailable", "Temporarily not available", detail, {"Retry-After": "5"})
