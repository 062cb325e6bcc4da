"""Looks again, while people are connected, at whether they still may be: a sign-in is checked once,
a socket stays.

Who is disabled, signed out or given another role may be so by this server, by `carelay users`
beside it, or by another server at the same database. So it is asked of the database: two reads a
second, of those connected only.
"""

import logging

from signaling.calls import Calls, leaving
from signaling.calls.state import Event
from signaling.kernel.background import repeat
from signaling.kernel.hub import Hub
from signaling.kernel.words import Role
from signaling.websocket import SocketEndpoint
from signaling.websocket.closing import Close
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.people import guest_links, login_sessions, users

log = logging.getLogger(__name__)

CHECK_SECONDS = 1.0


class Standing:
    """Ends what people have open that they no longer may have."""

    def __init__(self, database: Database, hub: Hub, sockets: SocketEndpoint, calls: Calls) -> None:
        self._database = database
        self._hub = hub
        self._sockets = sockets
        self._calls = calls

    async def watch(self) -> None:
        """Until cancelled. While the database is away, who is connected stays so."""
        await repeat(self._try_to_check, CHECK_SECONDS, "checking people's standing")

    async def _try_to_check(self) -> None:
        try:
            await self.check()
        except DatabaseUnavailable as error:
            log.debug("people's standing is not known: %s", error)

    async def check(self) -> None:
        """Once, for everybody who is connected or in a call."""
        people = {socket.actor.user_id for socket in self._hub} | set(self._calls.people())
        if not people:
            return
        async with self._database.reading() as tx:
            roles = await users.roles(tx, people)
            ended = await login_sessions.ended(tx, self._sockets.cookies())
            guests = self._calls.guests()
            revoked = await guest_links.revoked(tx, guests) if guests else set()
        self._end_calls(people, roles)
        for user_id in {user_id for link in revoked for user_id in guests[link]}:
            leaving.expel(self._calls, user_id, Event.LINK_REVOKED)
        self._close_sockets(people, roles)
        self._sockets.signed_out(*ended)

    def _end_calls(self, asked: set[str], roles: dict[str, Role]) -> None:
        """Of whoever is disabled, or has another role than that of their side."""
        for user_id, side in self._calls.people().items():
            if user_id in asked and roles.get(user_id) != side:
                leaving.expel(self._calls, user_id)

    def _close_sockets(self, asked: set[str], roles: dict[str, Role]) -> None:
        for socket in self._hub:
            role = roles.get(socket.actor.user_id)
            if socket.actor.user_id in asked and role != socket.actor.role:
                socket.close(Close.NOT_SIGNED_IN, "role changed" if role else "user disabled")
