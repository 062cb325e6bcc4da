"""How a room says what it answers over HTTP: its routes, and what their handlers are given.

A handler is `async def name(context, body: Request, room_id: str, cursor: str | None = None) -> Resource`. Its first
parameter says who may call it (Visitor: anybody, Context: who is signed in), `body` what JSON it takes, a parameter
named in the path gets that segment, one with a default the query's value. http/ serves and describes them.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import web
from multidict import CIMultiDict

from signaling.kernel.actor import Actor, SignedIn
from signaling.kernel.clock import Clock
from signaling.kernel.limits import Kind

API = "/api/v1"
TELEMEDICINE = f"{API}/telemedicine"

CLOCK = web.AppKey("clock", Clock)
PARTS = web.AppKey("parts", Mapping[type, object])
"""What the server is made of, by class."""

Part = TypeVar("Part")


@dataclass
class Visitor:
    """A request from anybody."""

    request: web.Request
    response_headers: CIMultiDict[str] = field(default_factory=CIMultiDict)

    def the(self, kind: type[Part]) -> Part:
        """The one part of the server that is of this class."""
        part = self.request.app[PARTS][kind]
        assert isinstance(part, kind)  # noqa: S101  app.py built it so
        return part

    @property
    def clock(self) -> Clock:
        return self.request.app[CLOCK]


@dataclass
class Context(Visitor):
    """A request from somebody who is signed in."""

    signed_in: SignedIn = field(kw_only=True)

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self.signed_in.actor


Handler = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Route:
    """An address, what answers there, and under which heading the documentation puts it."""

    method: str
    path: str
    handler: Handler
    tag: str
    kind: Kind | None
    """What a request counts as in the limits of whoever makes it; none: a handler's own, or not counted."""
