"""Every address of the server: the routes of all rooms, one after the other.
openapi.py describes the same table.
"""

from aiohttp import web

from signaling.audit import routes as audit
from signaling.calls import routes as calls
from signaling.http import health, pages, settings
from signaling.http.endpoint import endpoint
from signaling.identity import directory
from signaling.identity import routes as identity
from signaling.kernel.routes import Route
from signaling.ops import statistics
from signaling.recordings import routes as recordings
from signaling.websocket import endpoint as websocket

ROUTES: tuple[Route, ...] = (
    *identity.routes,
    *calls.routes,
    *websocket.routes,
    *directory.routes,
    *settings.routes,
    *recordings.routes,
    *audit.routes,
    *statistics.routes,
    *health.routes,
    *pages.routes,
)


def add_to(app: web.Application) -> None:
    """Routes of the table, in its order; HEAD where there is GET."""
    for route in ROUTES:
        if route.method == "GET":
            app.router.add_get(route.path, endpoint(route).handle)
        else:
            app.router.add_route(route.method, route.path, endpoint(route).handle)
