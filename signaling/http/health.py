"""/healthz, /readyz and /metrics: for load balancers and Prometheus."""

import msgspec
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from signaling.config import Config
from signaling.kernel.errors import NotAllowed
from signaling.kernel.network import is_in
from signaling.kernel.routes import Reply, Routes, Visitor
from signaling.ops import resources
from signaling.ops.metrics import Metrics
from signaling.ops.readiness import Readiness
from signaling.ops.resources import Health

routes = Routes("operations")


@routes.get("/healthz", access="anybody")
async def healthz(visitor: Visitor) -> Health:  # noqa: ARG001  every handler takes its visitor
    """The process answers."""
    return Health()


@routes.get(
    "/readyz",
    access="anybody",
    counts="visit",
    replies={
        200: Reply("Ready.", body=resources.Readiness),
        503: Reply("Not ready.", body=resources.Readiness),
    },
)
async def readyz(visitor: Visitor) -> web.StreamResponse:
    """Whether calls can be made and recorded: the database
    and the recordings' folder can be written.
    """
    checks = await visitor.the(Readiness).checks()
    ready = all(found == "ok" for found in checks.values())
    return web.Response(
        status=200 if ready else 503,
        body=msgspec.json.encode(resources.Readiness(ready=ready, checks=checks)),
        content_type="application/json",
    )


@routes.get(
    "/metrics",
    access="anybody",
    errors=("forbidden",),
    replies={200: Reply("The content.", media_types=("text/plain",))},
)
async def metrics(visitor: Visitor) -> web.StreamResponse:
    """Figures in the Prometheus text format, for the networks that the configuration names."""
    networks = visitor.the(Config).metrics.allowed_networks
    if not is_in(visitor.request.address, networks):
        raise NotAllowed("forbidden", reason="network")
    return web.Response(
        body=visitor.the(Metrics).text(), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )
