"""What every body of an HTTP request and response is made of."""

from msgspec import Struct


class Request(Struct, forbid_unknown_fields=True, kw_only=True):
    """A JSON request body; an unknown field is an error that names it."""


class Resource(Struct, kw_only=True):
    """A JSON response body."""
