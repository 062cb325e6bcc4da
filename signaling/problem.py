"""An error that its reader can act on: RFC 9457 problem details on HTTP, an `error` message on a WebSocket."""

from collections.abc import Mapping
from http import HTTPStatus

from signaling.resources import Problem


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


def of_status(status: int, detail: str = "") -> Problem:
    """A problem for a bare HTTP status, such as those the web framework raises itself."""
    known = HTTPStatus(status)
    code = known.phrase.lower().replace(" ", "_").replace("-", "_")
    return Problem(title=known.phrase, status=status, detail=detail or known.description or known.phrase, code=code)


def database_unavailable() -> ProblemError:
    """The database is away: the request fails visibly, calls go on."""
    detail = "The server cannot reach its database. Please try again in a moment."
    return ProblemError(503, "database_unavailable", "Temporarily not available", detail, {"Retry-After": "5"})
