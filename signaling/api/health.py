"""/healthz, /readyz and /metrics: for load balancers and Prometheus."""

import msgspec
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from signaling.api.endpoint import Visitor
from signaling.network import is_in
from signaling.problem import ProblemError
from signaling.resources import Health, Readiness


async def healthz(visitor: Visitor) -> Health:  # noqa: ARG001  every handler takes its visitor
    """The process answers."""
    return Health()


async def readyz(visitor: Visitor) -> web.StreamResponse:
    """Whether calls can be made and recorded: the database and the recordings' folder can be written."""
    checks = await visitor.services.readiness.checks()
    ready = all(found == "ok" for found in checks.values())
    return web.Response(
        status=200 if ready else 503,
        body=msgspec.json.encode(Readiness(ready=ready, checks=checks)),
        content_type="application/json",
    )


async def metrics(visitor: Visitor) -> web.StreamResponse:
    """Figures in the Prometheus text format, for the networks that the configuration names."""
    networks = visitor.services.config.metrics.allowed_networks
    if not is_in(visitor.services.sign_in.address(visitor.request), networks):
        detail = "This address is not in metrics.allowed_networks."
        raise ProblemError(403, "forbidden", "Not allowed", detail)
    return web.Response(body=visitor.services.metrics.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})
