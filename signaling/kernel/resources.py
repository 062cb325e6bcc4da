"""What every body of an HTTP request and response is made of."""

from msgspec import Struct


class Request(Struct, forbid_unknown_fields=True, kw_only=True):
    """A JSON request body; an unknown field is an error that names it."""


class Resource(Struct, kw_only=True):
    """A JSON response body."""


class Problem(Resource, omit_defaults=True):
    """RFC 9457 problem details, the one shape of every error (application/problem+json)."""

    title: str
    status: int
    detail: str
    code: str
    """Short stable name, such as `unknown_room`, to program against."""
    type: str = "about:blank"
