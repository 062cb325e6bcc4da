"""Every address of the server, in one table. openapi.py describes the same table."""

from dataclasses import dataclass

from aiohttp import web

from signaling.api import auth, calls, health, ops, pages, patients, recordings, settings
from signaling.api.endpoint import Endpoint, Handler, endpoint

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

    @property
    def endpoint(self) -> Endpoint:
        """What the handler's signature says."""
        return endpoint(self.handler)


ROUTES = (
    Route("POST", f"{AUTH}/login", auth.login, "auth"),
    Route("POST", f"{AUTH}/logout", auth.logout, "auth"),
    Route("POST", f"{AUTH}/session", auth.session, "auth"),
    Route("GET", f"{AUTH}/me", auth.me, "auth"),
    Route("POST", f"{TELEMEDICINE}/call/initiate", calls.initiate_call, "calls"),
    Route("POST", f"{TELEMEDICINE}/call/accept", calls.accept_call, "calls"),
    Route("POST", f"{TELEMEDICINE}/call/decline", calls.decline_call, "calls"),
    Route("POST", f"{TELEMEDICINE}/call/end", calls.end_call, "calls"),
    Route("POST", f"{TELEMEDICINE}/call/emergency", calls.raise_emergency, "calls"),
    Route("GET", f"{TELEMEDICINE}/calls", calls.list_calls, "calls"),
    Route("GET", f"{TELEMEDICINE}/calls/{{room_id}}", calls.get_call, "calls"),
    Route("GET", f"{TELEMEDICINE}/ws/{{user_id}}", calls.open_socket, "calls"),
    Route("GET", f"{TELEMEDICINE}/patients", patients.list_patients, "patients"),
    Route("GET", f"{TELEMEDICINE}/settings", settings.get_settings, "settings"),
    Route("GET", f"{TELEMEDICINE}/recordings", recordings.list_recordings, "recordings"),
    Route("GET", RECORDING, recordings.get_recording, "recordings"),
    Route("POST", f"{RECORDING}/playback", recordings.open_playback, "recordings"),
    Route("GET", f"{RECORDING}/parts/{{part_id}}/media", recordings.get_media, "recordings"),
    Route("GET", f"{RECORDING}/parts/{{part_id}}/download", recordings.download_part, "recordings"),
    Route("GET", f"{TELEMEDICINE}/ops/rooms", ops.list_rooms, "operations"),
    Route("GET", "/healthz", health.healthz, "operations"),
    Route("GET", "/readyz", health.readyz, "operations"),
    Route("GET", "/metrics", health.metrics, "operations"),
    *(Route("GET", path, pages.page, "pages") for path in PAGES),
    Route("GET", "/assets/{name}", pages.asset, "pages"),
    Route("GET", "/{name}", pages.root_file, "pages"),
)


def add_to(app: web.Application) -> None:
    """Routes of the table, in its order; HEAD where there is GET."""
    for route in ROUTES:
        if route.method == "GET":
            app.router.add_get(route.path, route.endpoint.handle)
        else:
            app.router.add_route(route.method, route.path, route.endpoint.handle)
