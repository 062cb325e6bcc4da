"""Every address of the server: the routes of all rooms, one after the other.
openapi.py describes the same table.
"""

from aiohttp import web

from signaling.audit import routes as audit
from signaling.calls import guest_routes as guests
from signaling.calls import routes as calls
from signaling.clinical.appointments import link_routes as appointment_links
from signaling.clinical.appointments import routes as appointments
from signaling.clinical.appointments import waiting_routes as waiting
from signaling.clinical.chat import routes as chat
from signaling.clinical.crises import routes as crises
from signaling.clinical.files import routes as files
from signaling.clinical.intake import routes as intake
from signaling.clinical.notes import routes as notes
from signaling.clinical.places import routes as places
from signaling.http import health, pages, settings
from signaling.http.endpoint import endpoint
from signaling.identity import directory
from signaling.identity import routes as identity
from signaling.kernel.routes import Route
from signaling.ops import statistics
from signaling.people import account_routes as accounts
from signaling.people import routes as people
from signaling.push import routes as push
from signaling.recordings import routes as recordings
from signaling.recordings.breakglass import routes as breakglass
from signaling.recordings.exporting import routes as exporting
from signaling.recordings.unlocking import routes as unlocking
from signaling.websocket import endpoint as websocket

ROUTES: tuple[Route, ...] = (
    *identity.routes,
    *push.routes,
    *calls.routes,
    *websocket.routes,
    *directory.routes,
    *people.routes,
    *accounts.routes,
    *settings.routes,
    *recordings.routes,
    *unlocking.routes,
    *exporting.routes,
    *appointments.routes,
    *appointment_links.routes,
    *waiting.routes,
    *guests.routes,
    *chat.routes,
    *files.routes,
    *notes.routes,
    *places.routes,
    *crises.routes,
    *intake.routes,
    *breakglass.routes,
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
