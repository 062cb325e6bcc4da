"""How a room says what it answers over HTTP: a function, and beside it what there is to know of it.

```
routes = Routes("calls")

@routes.get("/calls/{room_id}", access="call.list", counts="read", errors=("unknown_room",))
async def get_call(context: Context, room_id: str, verbose: bool = False) -> Call: ...
```

The first parameter says who may ask at all (Visitor: anybody, Context: who is signed in), `body`
what JSON is taken, `upload` a file, a parameter named in the path gets that segment, any other the
query's value; each is converted to its type, and all that are given of one whose type is a tuple.
`asked`, a struct, gets several values of the query as its fields. http/ serves and describes them.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Required, TypedDict, TypeVar, Unpack

from msgspec import Struct

from signaling.kernel.actor import Actor, Authenticated
from signaling.kernel.clock import Clock
from signaling.kernel.limits import Kind
from signaling.kernel.permissions import Action
from signaling.kernel.request import Request

API = "/api/v1"
TELEMEDICINE = f"{API}/telemedicine"

SIGN_IN_ERRORS = (
    "sign_in_required",
    "session_expired",
    "invalid_token",
    "unknown_role",
    "user_conflict",
    "user_disabled",
    "foreign_origin",
)
"""Codes of those who are not let in, wherever it is asked who they are."""

Part = TypeVar("Part")


@dataclass
class Visitor:
    """A request from anybody."""

    request: Request
    clock: Clock
    parts: Mapping[type, object]
    """What the server is made of, by class, and what the shell knows of the request."""
    cookies: list[str] = field(default_factory=list)
    """What the browser is given: values of Set-Cookie."""

    def the(self, kind: type[Part]) -> Part:
        """The one part of the server that is of this class."""
        part = self.parts[kind]
        assert isinstance(part, kind)  # noqa: S101  app.py built it so
        return part


@dataclass
class Context(Visitor):
    """A request from somebody who is signed in."""

    authenticated: Authenticated = field(kw_only=True)

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self.authenticated.actor


Handler = Callable[..., Awaitable[Any]]
Decorated = TypeVar("Decorated", bound=Handler)
Access = Action | Literal["anybody", "signed_in", "party"]
"""Who is answered: by role, as kernel/permissions.py tells; anybody; whoever is signed in; or
whoever takes part in the call that they name, which its room knows.
"""


@dataclass(frozen=True)
class Reply:
    """What is answered with one status, where the handler's signature does not say it."""

    description: str
    body: type[Struct] | None = None
    """As JSON."""
    media_types: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Route:
    """An address and what answers there."""

    method: str
    path: str
    handler: Handler
    tag: str
    """Under which heading the documentation puts it."""
    access: Access
    counts: Kind | None = None
    """What a request counts as in the limits of whoever makes it; none: the handler's own,
    or not counted.
    """
    errors: tuple[str, ...] = ()
    """Codes that only the handler knows it may answer with;
    those of every route are added to them.
    """
    audit: str | None = None
    """The action that the handler writes into the audit log."""
    of_recordings: bool = False
    """Whoever is refused is in the log of the recording that they named."""
    guests: bool = False
    """Whether it also answers who came by a link, of the call that it leads to."""
    replies: Mapping[int, Reply] = field(default_factory=dict)
    """By status; none: as the signature says."""


class About(TypedDict, total=False):
    """What a decorator says of a route; Route tells what each is."""

    access: Required[Access]
    counts: Kind
    errors: tuple[str, ...]
    audit: str
    of_recordings: bool
    guests: bool
    replies: Mapping[int, Reply]


class Routes:
    """Those of one room, collected by decorators."""

    def __init__(self, tag: str) -> None:
        self._tag = tag
        self._routes: list[Route] = []

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def get(self, path: str, **about: Unpack[About]) -> Callable[[Decorated], Decorated]:
        """Answer GET, and with it HEAD, at this address with the decorated function."""
        return self._route("GET", path, about)

    def post(self, path: str, **about: Unpack[About]) -> Callable[[Decorated], Decorated]:
        """Answer POST at this address with the decorated function."""
        return self._route("POST", path, about)

    def put(self, path: str, **about: Unpack[About]) -> Callable[[Decorated], Decorated]:
        """Answer PUT at this address with the decorated function."""
        return self._route("PUT", path, about)

    def delete(self, path: str, **about: Unpack[About]) -> Callable[[Decorated], Decorated]:
        """Answer DELETE at this address with the decorated function."""
        return self._route("DELETE", path, about)

    def _route(self, method: str, path: str, about: About) -> Callable[[Decorated], Decorated]:
        def add(handler: Decorated) -> Decorated:
            self._routes.append(Route(method, path, handler, self._tag, **about))
            return handler

        return add
