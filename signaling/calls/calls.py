"""The calls of this server that are not over, and whose each is.

Somebody else's room answers exactly as a room that never was, so that room ids cannot be probed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime

from signaling.alerts import Delivery
from signaling.calls import observation
from signaling.calls.ledger import Ledger
from signaling.calls.live import Emergency, LiveCall, Party
from signaling.calls.messages import CallEnded
from signaling.calls.observation import Observed
from signaling.calls.rooms import Rooms
from signaling.calls.settings import CallSettings
from signaling.kernel.actor import Actor
from signaling.kernel.background import Background
from signaling.kernel.clock import Clock, Timer
from signaling.kernel.errors import Conflict, NotFound, Unavailable
from signaling.kernel.hub import Hub, Socket
from signaling.kernel.identifiers import is_identifier
from signaling.kernel.words import Role
from signaling.recordings import Recordings
from signaling.recordings.retention import Withdrawals
from storage.calls.telemedicine_sessions import NamedSession
from storage.database import Database


class Calls:
    """Finds the call that somebody asks for, and holds what every act in one works with.

    Acts are functions that take this first. Make it with `lifetime.open_calls`.
    """

    def __init__(
        self,
        settings: CallSettings,
        database: Database,
        relay: Rooms,
        hub: Hub,
        recordings: Recordings,
        withdrawals: Withdrawals,
        clock: Clock,
    ) -> None:
        self.settings = settings
        self.relay = relay
        self.hub = hub
        self.recordings = recordings
        self.withdrawals = withdrawals
        self.clock = clock
        self.ledger = Ledger(
            database, settings.scope, settings.appointments, settings.guests_stay, clock
        )
        self.alerts = Delivery(settings.emergency, settings.mailer, clock)
        self.background = Background()
        self.emergencies: dict[str, Emergency] = {}
        """Those that nobody has taken on yet, by room, also of calls that are over."""
        self.ticks: dict[str, Timer] = {}
        """What comes round every so often, by name."""
        self.ring_closed_pages: Callable[[str, str, datetime, Callable[[], bool]], object] = (
            lambda *_: None
        )
        """Whom, into which room, until when, and whether still: on devices whose page is closed."""
        self.stopping = False
        self._live: dict[str, LiveCall] = {}
        self._ended: dict[str, LiveCall] = {}
        """Of which not everything is written down: memory knows better than the database."""
        self._inviting = asyncio.Lock()

    def require_going_on(self) -> None:
        """Raises Unavailable once the server stops: nothing begins then."""
        if self.stopping:
            raise Unavailable("server_stopping", retry_after=60)

    # --- which there are

    @asynccontextmanager
    async def inviting(self) -> AsyncIterator[Collection[str]]:
        """Nobody else is invited until this is done; who is in a call now, or invited to one."""
        async with self._inviting:
            yield {party.user_id for call in self._live.values() for party in call.people}

    def add(self, call: LiveCall) -> None:
        """It rings from now on."""
        self._live[call.room_id] = call

    def end(self, call: LiveCall) -> None:
        """It is over: everybody is free, and whoever asks for it is told how it ended."""
        del self._live[call.room_id]
        self._ended[call.room_id] = call

    def forget(self, call: LiveCall) -> None:
        """Everything of it is written down."""
        self._ended.pop(call.room_id, None)

    def live(self) -> Collection[LiveCall]:
        """A copy: it may change while it is walked."""
        return list(self._live.values())

    def rooms(self) -> Collection[str]:
        """Of all calls that memory knows, also of those that are over but not written down yet."""
        return self._live.keys() | self._ended.keys()

    def people(self) -> dict[str, Role]:
        """Who is in a call that is not over, or invited to it, with the role of their account."""
        return {party.user_id: party.role for call in self._live.values() for party in call.people}

    def guests(self) -> dict[str, set[str]]:
        """Who is in a call that is not over, or invited to it, by the link that they came by."""
        found: dict[str, set[str]] = {}
        for call in self._live.values():
            for party in call.people:
                if party.guest:
                    found.setdefault(party.guest.link_id, set()).add(party.user_id)
        return found

    def observed(self) -> dict[str, Observed]:
        """Room id → what the ops page shows beside the relay's statistics."""
        now = self.clock.moment()
        return {call.room_id: observation.of(call, now) for call in self._live.values()}

    # --- whose they are

    def find(self, room_id: str) -> LiveCall | None:
        """Whosever it is, if it is not over."""
        return self._live.get(room_id)

    def find_live(self, actor: Actor, room_id: str) -> LiveCall | None:
        """The actor's own call if it is not over."""
        call = self._live.get(room_id)
        return call if call and call.reached_by(actor) and call.party(actor.user_id) else None

    def find_invitation(self, actor: Actor, room_id: str) -> tuple[LiveCall, Party] | None:
        """The actor's own, into a call that runs."""
        call = self._live.get(room_id)
        guest = call.invitee(actor.user_id) if call and call.reached_by(actor) else None
        return (call, guest) if call and guest else None

    def find_left(self, actor: Actor, room_id: str) -> CallEnded | None:
        """What the actor was told when they were out of a call that goes on."""
        call = self._live.get(room_id)
        return call.gone.get(actor.user_id) if call and call.reached_by(actor) else None

    def find_ended(self, actor: Actor, room_id: str) -> LiveCall | None:
        """The actor's own call that was over a moment ago."""
        call = self._ended.get(room_id)
        return call if call and call.reached_by(actor) and call.party(actor.user_id) else None

    async def own_live(self, actor: Actor, room_id: str) -> tuple[LiveCall, Party]:
        """The actor's own call and their part in it; raises NotFound, or Conflict if it is over."""
        call = self.find_live(actor, room_id)
        party = call.party(actor.user_id) if call else None
        if call is None or party is None:
            if self.find_ended(actor, room_id) is None:
                await self.own(actor, room_id)
            raise Conflict("call_over")
        return call, party

    async def own(self, actor: Actor, room_id: str) -> NamedSession:
        """The row of the actor's own call, whether or not it is over; raises NotFound."""
        found = await self.row(room_id)
        if found is None or not await self._took_part(actor, found):
            raise NotFound("unknown_room")
        return found

    async def row(self, room_id: str) -> NamedSession | None:
        """Whosever it is."""
        return await self.ledger.call(room_id) if is_identifier(room_id) else None

    async def _took_part(self, actor: Actor, found: NamedSession) -> bool:
        session = found.session
        if not actor.reaches(session.room_id, session.appointment_id):
            return False
        if actor.user_id in (session.patient_id, session.provider_id):
            return True
        return await self.ledger.took_part(session.id, actor.user_id)

    # --- which page or sign-in carries them

    def carried(self, socket: Socket, room_id: str) -> tuple[LiveCall, Party]:
        """The call that this socket carries; raises NotFound or Conflict."""
        call = self.find_live(socket.actor, room_id)
        if call is None:
            raise NotFound("unknown_room")
        party = call.carried_by(socket)
        if party is None:
            raise Conflict("not_joined")
        return call, party

    def carries_any(self, socket: Socket) -> bool:
        """Whether a call that is not over is shown on this socket's page."""
        return any(call.carried_by(socket) for call in self._live.values())

    def has_carried(self, cookie_digest: bytes) -> bool:
        """Whether a socket with this cookie has carried a call that is active now."""
        active = [call for call in self._live.values() if call.state.status == "active"]
        return any(cookie_digest in party.cookies for call in active for party in call.parties)
