"""A gateway for text messages on the loopback: it keeps what it is sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass
class Gateway:
    url: str = ""
    status: int = 202
    taken: list[tuple[str | None, dict[str, Any]]] = field(default_factory=list)
    """The Authorization header and the body of each message that it took."""
    asked: int = 0

    async def handle(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.status < 300:
            self.taken.append((request.headers.get("Authorization"), await request.json()))
        return web.Response(status=self.status)


@asynccontextmanager
async def gateway() -> AsyncIterator[Gateway]:
    """A real HTTP server."""
    made = Gateway()
    app = web.Application()
    app.router.add_post("/messages", made.handle)
    async with TestServer(app) as server:
        made.url = str(server.make_url("/messages"))
        yield made
