"""Every address of the server, in one table. openapi.py describes the same table."""

from dataclasses import dataclass

from aiohttp import web

from signaling.api import auth, calls, health, ops, pages, patients, recordings, settings
from signaling.api.endpoint import Endpoint, Handler, endpoint
from signaling.limits import Kind

AUTH = "/api/v1/auth"
TELEMEDICINE = "/api/v1/telemedicine"
RECORDING = f"{TELEMEDICINE}/recordings/{{recording_id}}"
PAGES = ("/", "/login", "/room/{room_id}", "/history", "/recordings", "/recordings/{recording_id}", "/ops")


@dataclass(frozen=True)
class Route:
    """An address, what answers there, and under which heading the documentation puts it."""

    method: str
    path: str
    handler: Handler
    tag: str
    kind: Kind | None
    """What a request counts as in the limits of whoever makes it; none: a handler's own, or not counted."""

    @property
    def endpoint(self) -> Endpoint:
        """What the handler's signature says."""
        return endpoint(self.handler, self.kind)


ROUTES = (
    Route("POST", f"{AUTH}/login", auth.login, "auth", None),
    Route("POST", f"{AUTH}/logout", auth.logout, "auth", "visit"),
    Route("POST", f"{AUTH}/session", auth.session, "auth", "session"),
    Route("GET", f"{AUTH}/me", auth.me, "auth", "read"),
    Route("POST", f"{TELEMEDICINE}/call/initiate", calls.initiate_call, "calls", "initiate"),
    Route("POST", f"{TELEMEDICINE}/call/accept", calls.accept_call, "calls", "answer"),
    Route("POST", f"{TELEMEDICINE}/call/decline", calls.decline_call, "calls", "answer"),
    Route("POST", f"{TELEMEDICINE}/call/end", calls.end_call, "calls", None),
    Route("POST", f"{TELEMEDICINE}/call/emergency", calls.raise_emergency, "calls", None),
    Route("POST", f"{TELEMEDICINE}/call/emergency/acknowledge", calls.acknowledge_emergency, "calls", "change"),
    Route("GET", f"{TELEMEDICINE}/calls", calls.list_calls, "calls", "read"),
    Route("GET", f"{TELEMEDICINE}/calls/{{room_id}}", calls.get_call, "calls", "read"),
    Route("GET", f"{TELEMEDICINE}/ws/{{user_id}}", calls.open_socket, "calls", None),
    Route("GET", f"{TELEMEDICINE}/patients", patients.list_patients, "patients", "read"),
    Route("GET", f"{TELEMEDICINE}/settings", settings.get_settings, "settings", "visit"),
    Route("GET", f"{TELEMEDICINE}/recordings", recordings.list_recordings, "recordings", "recording"),
    Route("GET", RECORDING, recordings.get_recording, "recordings", "recording"),
    Route("POST", f"{RECORDING}/playback", recordings.open_playback, "recordings", "recording"),
    Route("GET", f"{RECORDING}/parts/{{part_id}}/media", recordings.get_media, "recordings", "media"),
    Route("GET", f"{RECORDING}/parts/{{part_id}}/download", recordings.download_part, "recordings", "recording"),
    Route("GET", f"{TELEMEDICINE}/ops/rooms", ops.list_rooms, "operations", "read"),
    Route("GET", "/healthz", health.healthz, "operations", None),
    Route("GET", "/readyz", health.readyz, "operations", "visit"),
    Route("GET", "/metrics", health.metrics, "operations", None),
    *(Route("GET", path, pages.page, "pages", None) for path in PAGES),
    Route("GET", "/assets/{name}", pages.asset, "pages", None),
    Route("GET", "/{name}", pages.root_file, "pages", None),
)


def add_to(app: web.Application) -> None:
    """Routes of the table, in its order; HEAD where there is GET."""
    for route in ROUTES:
        if route.method == "GET":
            app.router.add_get(route.path, route.endpoint.handle)
        else:
            app.router.add_route(route.method, route.path, route.endpoint.handle)
