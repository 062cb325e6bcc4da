"""The calls that are not over, and whose call is whose.

Somebody else's room answers exactly as a room that never was, so that room ids cannot be probed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

from signaling.calls.ledger import Ledger
from signaling.calls.live import LiveCall, Party
from signaling.calls.messages import CallEnded
from signaling.calls.resources import Call, CallList
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Conflict, NotFound
from signaling.kernel.hub import Socket
from signaling.kernel.identifiers import is_identifier
from signaling.kernel.permissions import may, require
from storage.telemedicine_sessions import NamedSession


class Switchboard:
    """Finds calls for the people who ask for them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._live: dict[str, LiveCall] = {}
        self._ended: dict[str, LiveCall] = {}
        """Of which not everything is written down: memory knows better than the database."""
        self._inviting = asyncio.Lock()

    def add(self, call: LiveCall) -> None:
        self._live[call.room_id] = call

    def end(self, call: LiveCall) -> None:
        """It is over: everybody is free, and whoever asks for it is told how it ended."""
        del self._live[call.room_id]
        self._ended[call.room_id] = call

    def forget(self, call: LiveCall) -> None:
        """Everything of it is written down."""
        self._ended.pop(call.room_id, None)

    def find_ended(self, actor: Actor, room_id: str) -> LiveCall | None:
        """The actor's own call that was over a moment ago."""
        call = self._ended.get(room_id)
        return call if call and call.party(actor.user_id) else None

    def live(self) -> Collection[LiveCall]:
        """A copy: it may change while it is walked."""
        return list(self._live.values())

    def rooms(self) -> Collection[str]:
        """Of all calls that memory knows, also of those that are over but not written down yet."""
        return self._live.keys() | self._ended.keys()

    @asynccontextmanager
    async def inviting(self) -> AsyncIterator[Collection[str]]:
        """Nobody else is invited until this is done; who is in a call at present,
        or invited to one.
        """
        async with self._inviting:
            yield {party.user_id for call in self._live.values() for party in call.people}

    def find(self, room_id: str) -> LiveCall | None:
        """Whosever it is, if it is not over."""
        return self._live.get(room_id)

    def find_invitation(self, actor: Actor, room_id: str) -> tuple[LiveCall, Party] | None:
        """The actor's own, into a call that runs."""
        call = self._live.get(room_id)
        guest = call.invitee(actor.user_id) if call else None
        return (call, guest) if call and guest else None

    def find_left(self, actor: Actor, room_id: str) -> CallEnded | None:
        """What the actor was told when they were out of a call that goes on."""
        call = self._live.get(room_id)
        return call.gone.get(actor.user_id) if call else None

    def find_live(self, actor: Actor, room_id: str) -> LiveCall | None:
        """The actor's own call if it is not over."""
        call = self._live.get(room_id)
        return call if call and call.party(actor.user_id) else None

    async def own_live(self, actor: Actor, room_id: str) -> tuple[LiveCall, Party]:
        """The actor's own call and their side of it; raises NotFound, or Conflict
        if the call is over.
        """
        call = self.find_live(actor, room_id)
        party = call.party(actor.user_id) if call else None
        if call is None or party is None:
            if self.find_ended(actor, room_id) is None:
                await self.own(actor, room_id)
            raise Conflict("call_over")
        return call, party

    async def own(self, actor: Actor, room_id: str) -> NamedSession:
        """The row of the actor's own call; raises NotFound."""
        found = await self._row(room_id)
        if found is None or not await self._took_part(actor, found):
            raise NotFound("unknown_room")
        return found

    async def _took_part(self, actor: Actor, found: NamedSession) -> bool:
        session = found.session
        if actor.user_id in (session.patient_id, session.provider_id):
            return True
        return await self._ledger.took_part(session.id, actor.user_id)

    async def visible(self, actor: Actor, room_id: str) -> NamedSession:
        """The row of a call the actor may read about; raises NotFound."""
        require(actor, "call.list")
        if not may(actor.role, "call.list_all"):
            return await self.own(actor, room_id)
        found = await self._row(room_id)
        if found is None:
            raise NotFound("unknown_room")
        return found

    async def _row(self, room_id: str) -> NamedSession | None:
        return await self._ledger.call(room_id) if is_identifier(room_id) else None

    async def history(
        self, actor: Actor, cursor: str | None, resource: Callable[[NamedSession], Call]
    ) -> CallList:
        """Newest first; raises InvalidCursor for a cursor that was not given out."""
        require(actor, "call.list")
        everybody = may(actor.role, "call.list_all")
        page = await self._ledger.history(None if everybody else actor.user_id, cursor)
        return CallList(
            calls=[resource(found) for found in page.items], next_cursor=page.next_cursor
        )

    def carried(self, socket: Socket, room_id: str) -> tuple[LiveCall, Party]:
        """The call that this socket carries; raises NotFound or Conflict."""
        call = self.find_live(socket.actor, room_id)
        if call is None:
            raise NotFound("unknown_room")
        party = call.carried_by(socket)
        if party is None:
            raise Conflict("not_joined")
        return call, party
