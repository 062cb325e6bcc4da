"""/healthz, /readyz and /metrics: for load balancers and Prometheus."""

import msgspec
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from signaling.config import Config
from signaling.identity.signin import SignIn
from signaling.kernel.errors import NotAllowed
from signaling.kernel.network import is_in
from signaling.kernel.routes import Route, Visitor
from signaling.ops import resources
from signaling.ops.metrics import Metrics
from signaling.ops.readiness import Readiness
from signaling.ops.resources import Health


async def healthz(visitor: Visitor) -> Health:  # noqa: ARG001  every handler takes its visitor
    """The process answers."""
    return Health()


async def readyz(visitor: Visitor) -> web.StreamResponse:
    """Whether calls can be made and recorded: the database and the recordings' folder can be written."""
    checks = await visitor.the(Readiness).checks()
    ready = all(found == "ok" for found in checks.values())
    return web.Response(
        status=200 if ready else 503,
        body=msgspec.json.encode(resources.Readiness(ready=ready, checks=checks)),
        content_type="application/json",
    )


async def metrics(visitor: Visitor) -> web.StreamResponse:
    """Figures in the Prometheus text format, for the networks that the configuration names."""
    networks = visitor.the(Config).metrics.allowed_networks
    if not is_in(visitor.the(SignIn).address(visitor.request), networks):
        raise NotAllowed("forbidden", reason="network")
    return web.Response(body=visitor.the(Metrics).text(), headers={"Content-Type": CONTENT_TYPE_LATEST})


ROUTES = (
    Route("GET", "/healthz", healthz, "operations", None),
    Route("GET", "/readyz", readyz, "operations", "visit"),
    Route("GET", "/metrics", metrics, "operations", None),
)
