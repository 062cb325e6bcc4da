"""A push service on the loopback (RFC 8030): it keeps what it is sent, and checks who sends it
(RFC 8292).
"""

import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class PushService:
    origin: str = ""
    status: int = 201
    asked: int = 0
    taken: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)
    """Path, headers and body of each message that it took."""

    def address(self, of: str) -> str:
        """Where a browser of that name is reached."""
        return f"{self.origin}/push/{of}"

    async def handle(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.status == 201:
            self.taken.append((request.path, request.headers.copy(), await request.read()))
        return web.Response(status=self.status)


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    """A real HTTP server."""
    made = PushService()
    app = web.Application()
    app.router.add_post("/push/{name}", made.handle)
    async with TestServer(app) as server:
        made.origin = str(server.make_url("/")).rstrip("/")
        yield made


def claims_of(authorization: str, key: str, audience: str, now: float) -> dict[str, Any]:
    """What the token claims that the key of the subscription has signed; raises if it has not."""
    scheme, _, rest = authorization.partition(" ")
    given = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert scheme == "vapid"
    assert given["k"] == key, "of another installation"
    point = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    claims = jwt.decode(
        given["t"], public, ["ES256"], audience=audience, options={"verify_exp": False}
    )
    assert now < claims["exp"] <= now + 24 * 3600
    return dict(claims)
