"""Connections that ask for nothing: closed after a while,
so that nobody takes all of the server's sockets.
"""

import resource

from aiohttp import web

from signaling.kernel.background import repeat

HEADER_SECONDS = 15.0
"""A connection has once to twice as long for the head of its first request;
aiohttp sets no limit.
"""
KEEP_ALIVE_SECONDS = 75.0
"""Between requests; longer than the proxies in use keep theirs (60 s), so that they close first."""
OPEN_FILES = 65_536

HEARD = web.AppKey("heard", set[web.RequestHandler])
"""The connections that have sent the head of a request."""


async def close_silent(server: web.Server, heard: set[web.RequestHandler]) -> None:
    """Until cancelled. Forgets those of `heard` that are gone."""
    earlier: set[web.RequestHandler] = set()

    async def look() -> None:
        nonlocal earlier, heard
        connections = set(server.connections)
        heard &= connections
        for connection in earlier & connections - heard:
            connection.force_close()
        earlier = connections - heard

    await repeat(look, HEADER_SECONDS, "closing silent connections")


def allow_many() -> None:
    """As many open files as the system lets us have: each connection is one,
    and the usual limit is only 1024.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
