"""The aiohttp application: the routes, what stands around them, and the services behind them."""

from collections.abc import AsyncIterator

from aiohttp import web

from signaling.calls import lifetime
from signaling.config import Config
from signaling.http import middleware, routes
from signaling.http.connections import HEARD
from signaling.http.endpoint import MAX_BODY_BYTES
from signaling.http.parts import PARTS, SERVICES
from signaling.kernel.clock import Clock
from signaling.services import opened


def create_app(
    config: Config, *, demo: bool = False, clock: Clock | None = None
) -> web.Application:
    """The whole server as one application, which opens its parts when it starts
    and closes them at the end.

    To be run by signaling.http.server.Runner, which answers what the application does not.
    """
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app[HEARD] = set()
    app.on_response_prepare.append(middleware.add_security_headers)
    app.on_response_prepare.append(middleware.count)
    routes.add_to(app)

    async def services(app: web.Application) -> AsyncIterator[None]:
        async with opened(config, demo=demo, clock=clock) as services:
            app[SERVICES], app[PARTS] = services, services.by_class()
            yield

    app.cleanup_ctx.append(services)
    app.on_shutdown.append(end_calls)
    return app


async def end_calls(app: web.Application) -> None:
    """Both sides are told, recordings are sealed, then sockets say goodbye. Done again,
    it does nothing.

    To be awaited while the server still serves: once aiohttp shuts down, it drops what pages send,
    such as a no.
    """
    await lifetime.close(app[SERVICES].calls)
    await app[SERVICES].sockets.close()
