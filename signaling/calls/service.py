"""What people do in calls, and what happens to calls: the flow of each is one function here.

The order of a yes (invitation, answer, consent): permission, state machine, one transaction with
the audit row, then relay and sockets. An end, a no and a call for help go the other way round: they
take effect, and then are written.
"""

import asyncio
import logging
from datetime import datetime
from functools import partial
from typing import Self

from relay.media import Source
from relay.relay import Relay
from signaling.calls import announcements, director, media, participants, views
from signaling.calls import state as callstate
from signaling.calls.emergencies import Emergencies
from signaling.calls.guests import Guests
from signaling.calls.ledger import Ledger, NewCall
from signaling.calls.live import LiveCall, Party
from signaling.calls.messages import Answer, CallEnded, CallJoined, ConnectionReplaced, MediaState
from signaling.calls.resources import Call, CallList, EmergencyRaised, InvitablePerson
from signaling.calls.settings import CallSettings
from signaling.calls.state import Event
from signaling.calls.switchboard import Switchboard
from signaling.calls.timers import CallTimers
from signaling.calls.views import Observed
from signaling.kernel.actor import Actor
from signaling.kernel.background import Background, Deadline
from signaling.kernel.clock import Clock, Timer
from signaling.kernel.errors import Conflict, NotFound, SignInRequired, Unavailable
from signaling.kernel.hub import Hub, Socket
from signaling.kernel.permissions import require, require_side
from signaling.kernel.words import Decision, Role, Side
from signaling.recordings import Recordings, consent
from signaling.recordings.capture import CaptureOf
from signaling.recordings.rule import CONSENT_SETTLES_SECONDS
from storage.database import Database
from storage.errors import DatabaseUnavailable, UnfinishedCallExists
from storage.ids import new_id
from storage.models import TelemedicineSession, User
from storage.telemedicine_sessions import NamedSession

log = logging.getLogger(__name__)

QUALITY_SECONDS = 2.0
SILENCE_SECONDS = 0.5
# An end is usually sealed and written when its reply goes out, but hangs on no disk or database.
SETTLE_SECONDS = 2.0
CLOSE_SECONDS = 15.0  # all calls together; see the `stop_grace_period` in compose.yaml


class Calls:
    """The calls of this server. Make it with `open`."""

    def __init__(
        self,
        settings: CallSettings,
        database: Database,
        relay: Relay,
        hub: Hub,
        recordings: Recordings,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._relay = relay
        self._hub = hub
        self._recordings = recordings
        self._clock = clock
        self._ledger = Ledger(database, settings.consent, settings.scope, clock)
        self._switchboard = Switchboard(self._ledger)
        self._background = Background()
        alerts = settings.alerts(clock)
        self._emergencies = Emergencies(
            settings.emergency, hub, self._ledger, alerts, self._background, clock
        )
        self._timers = CallTimers(clock, settings.calls, self._happen)
        ring_seconds = settings.calls.ring_timeout_seconds
        self._guests = Guests(
            ring_seconds,
            hub,
            self._ledger,
            self._switchboard,
            self._timers,
            self._background,
            clock,
        )
        self._ticks: dict[str, Timer] = {}
        self._stopping = False

    @classmethod
    async def open(
        cls,
        settings: CallSettings,
        database: Database,
        relay: Relay,
        hub: Hub,
        recordings: Recordings,
        clock: Clock,
    ) -> Self:
        """Close what an earlier run left unfinished (failed,
        server_restart) and recover its torn recordings.
        """
        calls = cls(settings, database, relay, hub, recordings, clock)
        await calls.sweep()
        await recordings.recover()
        calls._sample_quality()
        calls._notice_silence()
        return calls

    async def close(self) -> None:
        """The server stops: running calls end as failed/server_restart, everybody is told,
        recordings sealed.

        All at once and within CLOSE_SECONDS; what could not be written by then is in the log.
        """
        self._stopping = True
        for tick in self._ticks.values():
            tick.cancel()
        for call in self._switchboard.live():
            self._finish(call, Event.SERVER_RESTART)
        deadline = Deadline.after(CLOSE_SECONDS)
        await self._background.drain(deadline.left)
        await self._recordings.background.drain(deadline.left)
        await self._ledger.journals.written(deadline.left)
        await self._ledger.journals.give_up()

    async def sweep(self) -> None:
        """End the calls of servers that are no more,
        and take on what they were told of emergencies.

        Raises DatabaseUnavailable.
        """
        closed = await self._ledger.close_left_behind(self._clock.moment())
        if closed:
            log.warning("closed %d calls that their server left unfinished", len(closed))
        await self._emergencies.load(closed)

    async def settled(self) -> None:
        """Wait until everything that was begun in the background is done, and written."""
        await self._background.drain(CLOSE_SECONDS)
        await self._ledger.journals.written(CLOSE_SECONDS)

    # --- what people do

    async def initiate(
        self, actor: Actor, patient_id: str, recording_enabled: bool, audio_only: bool
    ) -> str:
        """A provider invites a patient; returns the room id.

        Raises NotFound (no such patient), Conflict (one of the two is in a call) or Unavailable
        (recording asked for, but not possible).
        """
        require(actor, "call.initiate")
        self._require_going_on()
        if recording_enabled:
            self._recordings.require_available()
        patient = await self._ledger.patient(actor, patient_id)
        if patient is None:
            raise NotFound("unknown_patient")
        now = self._clock.moment()
        expires = now.after(self._settings.calls.ring_timeout_seconds)
        invitation = NewCall(new_id(), patient.id, recording_enabled, audio_only, now, expires)
        async with self._switchboard.inviting() as busy:
            if patient.id in busy:
                raise Conflict("patient_busy")
            if actor.user_id in busy:
                raise Conflict("provider_busy")
            call = await self._ring(actor, patient, invitation)
            self._switchboard.add(call)
            if self._stopping:  # since: the others are over already
                self._finish(call, Event.SERVER_RESTART)
                self._require_going_on()
        self._timers.ring(call)
        self._hub.send(patient.id, views.invitation(call, call.patient, self._clock.moment()))
        return call.room_id

    async def accept(self, actor: Actor, room_id: str, recording_consent: bool) -> None:
        """Whoever is invited accepts, from the first place that says so;
        Conflict from any other.
        """
        self._require_going_on()
        if found := self._switchboard.find_invitation(actor, room_id):
            await self._guests.accept(*found, actor, recording_consent)
            return
        call, patient = await self._switchboard.own_live(actor, room_id)
        require_side(patient.side, "call.answer")
        async with call.lock:
            state = callstate.after(call.state, Event.ACCEPT, self._clock.moment(), patient.side)
            decision = consent.decision(None, recording_consent) if call.recording_enabled else None
            await self._ledger.accepted(call, actor, state, decision, lambda: not call.state.over)
            if call.state.over:  # the other side was faster
                raise callstate.not_now(call.state.status)
            call.state, patient.joined_at = state, state.started_at
        patient.consent = decision == "given" if decision else None
        self._timers.run(call)
        now = self._clock.moment()
        for party in call.parties:
            self._hub.send(party.user_id, views.accepted(call, party, now))
        announcements.close_invitation(self._hub, call, patient, "accepted")
        self._background.spawn(director.follow(call))

    async def decline(self, actor: Actor, room_id: str) -> None:
        """Whoever is invited declines: the patient the call, anybody else only their invitation."""
        if found := self._switchboard.find_invitation(actor, room_id):
            self._guests.decline(*found, actor)
            return
        call, party = await self._switchboard.own_live(actor, room_id)
        require_side(party.side, "call.answer")
        self._finish(call, Event.DECLINE, actor)
        await call.journal.written(SETTLE_SECONDS)

    async def end(self, actor: Actor, room_id: str) -> int:
        """Hang up, or withdraw an invitation; whole seconds the call took. Ending a call
        that is over is no error.

        Of a call of others, only the actor is out.
        """
        if call := self._switchboard.find_live(actor, room_id):
            party = call.party(actor.user_id)
            if party and not participants.ends_the_call(party.side):
                self._guests.leave(call, party, actor)
                return call.gone[actor.user_id].duration_seconds
            event = Event.CANCEL if call.state.status == "initiated" else Event.HANG_UP
            self._finish(call, event, actor)
        elif left := self._switchboard.find_left(actor, room_id):
            return left.duration_seconds
        elif not (call := self._switchboard.find_ended(actor, room_id)):
            return (await self._switchboard.own(actor, room_id)).session.duration_seconds or 0
        if call.ending:
            await asyncio.wait({call.ending}, timeout=SETTLE_SECONDS)
        return call.state.duration_seconds

    async def invitable(self, actor: Actor, room_id: str) -> list[InvitablePerson]:
        """Whom the provider of a call may invite to it."""
        return await self._guests.invitable(actor, room_id)

    async def invite(
        self, actor: Actor, room_id: str, user_id: str, side: Side, *, required: bool
    ) -> None:
        """The provider of a call that runs asks for somebody."""
        self._require_going_on()
        await self._guests.invite(actor, room_id, user_id, side, required=required)

    async def remove(self, actor: Actor, room_id: str, user_id: str) -> None:
        """The provider takes somebody out, or an invitation back."""
        await self._guests.remove(actor, room_id, user_id)

    async def emergency(self, actor: Actor, room_id: str) -> EmergencyRaised:
        """Alert everybody in the call and the staff; the call goes on."""
        call, _ = await self._switchboard.own_live(actor, room_id)
        state = self._emergencies.raise_(call, actor)
        return EmergencyRaised(
            phone=state.phone,
            instructions=state.instructions,
            practice_phone=state.practice_phone,
            reached=state.reached,
            pending=state.pending,
        )

    def acknowledge(self, actor: Actor, room_id: str) -> None:
        """Somebody of the staff takes the emergency of a call on, also when the call is over."""
        self._emergencies.acknowledge(actor, room_id)

    def is_in(self, actor: Actor, room_id: str) -> bool:
        """Whether it is a call of theirs that is not over."""
        return self._switchboard.find_live(actor, room_id) is not None

    def people(self) -> dict[str, Role]:
        """Who is in a call that is not over, or invited to it, with the role
        that they sign in with.
        """
        return {
            party.user_id: party.role for call in self._switchboard.live() for party in call.people
        }

    def has_carried(self, cookie_digest: bytes) -> bool:
        """Whether a socket with this cookie has carried a call that is active now."""
        active = [call for call in self._switchboard.live() if call.state.status == "active"]
        return any(cookie_digest in party.cookies for call in active for party in call.parties)

    def expel(self, user_id: str) -> None:
        """Somebody may no longer be in a call: it ends, also for their media, whichever page
        or socket they have.

        A call of others goes on without them.
        """
        for call in self._switchboard.live():
            for party in [party for party in call.people if party.user_id == user_id]:
                if participants.ends_the_call(party.side):
                    self._happen(call, Event.FAILURE)
                else:
                    self._guests.expel(call, party)

    async def list(self, actor: Actor, cursor: str | None) -> CallList:
        """One's own calls, newest first; those of all for roles that may."""
        return await self._switchboard.history(actor, cursor, partial(self._resource, actor))

    def observed(self) -> dict[str, Observed]:
        """Room id → what the ops page shows beside the relay's statistics."""
        now = self._clock.moment()
        return {call.room_id: views.observed(call, now) for call in self._switchboard.live()}

    async def get(self, actor: Actor, room_id: str) -> Call:
        """404 for a room that is not one's own, just as for one that never was."""
        return self._resource(actor, await self._switchboard.visible(actor, room_id))

    # --- what a WebSocket does

    def socket_opened(self, socket: Socket) -> None:
        """A page signed in: an invitation that is ringing is repeated to it,
        and to staff what needs them.
        """
        self._emergencies.socket_opened(socket)
        for call in self._switchboard.live():
            invited = (
                call.patient
                if call.state.status == "initiated"
                else call.invitee(socket.actor.user_id)
            )
            if invited and invited.user_id == socket.actor.user_id:
                if invited.invitation:
                    invited.invitation.rang = True
                socket.send(views.invitation(call, invited, self._clock.moment()))

    def socket_closed(self, socket: Socket) -> None:
        """The page is gone, or only its socket: media that flows keeps the call."""
        for call in self._switchboard.live():
            if party := call.carried_by(socket):
                party.socket = None
                media.tell_participants(call)
                self._background.spawn(director.follow(call))

    def carries_call(self, socket: Socket) -> bool:
        """Whether a call that is not over is shown on this socket's page."""
        return any(call.carried_by(socket) for call in self._switchboard.live())

    async def start(self, socket: Socket, room_id: str) -> CallJoined | CallEnded:
        """Carry the call with this socket; another socket of the same user hands it over.

        A page that was away when the call ended, or the server with it, is told how it ended.
        """
        if ended := self._switchboard.find_ended(socket.actor, room_id):
            return announcements.ended(ended)
        if left := self._switchboard.find_left(socket.actor, room_id):
            return left
        if self._switchboard.find_live(socket.actor, room_id) is None:
            return views.ended((await self._switchboard.own(socket.actor, room_id)).session)
        call, party = await self._switchboard.own_live(socket.actor, room_id)
        arrived = party.socket is not socket
        if arrived:
            self._require_may_join(socket, call, party)
            party.send(ConnectionReplaced(room_id=room_id))
            party.socket = socket
            if socket.cookie_digest is not None:
                party.cookies.add(socket.cookie_digest)
            media.tell_participants(call, *(other for other in call.parties if other is not party))
        if arrived and not party.required:  # being there may make a difference to the recording
            self._background.spawn(director.follow(call))
        now = self._clock.moment()
        return views.joined(
            call, party, self._settings.ice_servers(), now, self._emergencies.of(call)
        )

    async def offer(
        self, socket: Socket, room_id: str, sdp: str, sources: dict[str, Source]
    ) -> Answer:
        """Negotiate media for the socket that carries the call."""
        call, party = self._switchboard.carried(socket, room_id)
        participants.require_sources(party.side, party.capabilities, sources.values())
        return await media.answer(
            call, party, sdp, sources, self._media_changed, self._clock.moment
        )

    def set_media_state(self, socket: Socket, room_id: str, state: MediaState) -> None:
        """Tell the others what is muted."""
        call, party = self._switchboard.carried(socket, room_id)
        party.media = state
        media.tell_participants(call)

    async def consent(self, socket: Socket, room_id: str, given: bool) -> None:
        """Give, decline or withdraw consent to the recording during the call.

        A no takes effect first and is written down afterwards, as soon as the database lets it; a
        yes the other way.
        """
        call, party = self._switchboard.carried(socket, room_id)
        if not call.recording_enabled or not party.capabilities.recorded:
            raise Conflict("recording_not_enabled")
        if party.consent == given and party.said in (None, given):
            return
        party.said = given
        decision, at = consent.decision(party.consent, given), self._clock.now()
        if not given:
            party.consent = False
            self._ledger.refused(call, party, socket.actor, decision, at)
        elif not await self._agree(call, party, socket.actor, decision, at):
            return
        media.tell_participants(call)
        await director.follow(call)

    # --- what happens by itself

    def _resource(self, actor: Actor, found: NamedSession) -> Call:
        return views.resource(found, actor, self._emergencies.of_row(found))

    def _happen(self, call: LiveCall, event: Event) -> None:
        back = event is Event.PARTICIPANT_LOST and all(party.connected for party in call.required)
        if callstate.possible(call.state, event) and not back:
            self._finish(call, event)

    def _media_changed(self, call: LiveCall, party: Party) -> None:
        if call.state.over:
            return
        self._timers.watch(call, party)
        media.tell_participants(call)
        self._background.spawn(director.follow(call))

    def _sample_quality(self) -> None:
        for call in self._switchboard.live():
            media.sample_quality(call, self._clock.moment())
        self._ticks["quality"] = self._clock.call_later(QUALITY_SECONDS, self._sample_quality)

    def _notice_silence(self) -> None:
        for call in self._switchboard.live():
            media.notice_silence(call, self._clock.moment())
        self._ticks["silence"] = self._clock.call_later(SILENCE_SECONDS, self._notice_silence)

    # --- steps of the flows above

    async def _ring(self, actor: Actor, patient: User, invitation: NewCall) -> LiveCall:
        row = await self._invited(actor, invitation)
        room = self._relay.room(invitation.room_id)
        journal = self._ledger.journals.open(invitation.room_id, actor.user_id, patient.id)
        provider = Party(
            actor.user_id,
            actor.name,
            actor.role,
            "provider",
            invited=invitation.at,
            joined_at=invitation.at.at,
            consent=True if invitation.recording_enabled else None,
        )
        called = Party(
            patient.id,
            patient.name,
            patient.role,
            "patient",
            invited=invitation.at,
            invited_by=actor.user_id,
        )
        call = LiveCall(
            session_id=row.id,
            room_id=invitation.room_id,
            people=[provider, called],
            recording_enabled=invitation.recording_enabled,
            audio_only=invitation.audio_only,
            created=invitation.at,
            invitation_expires=invitation.expires,
            room=room,
            journal=journal,
            capture=self._recordings.capture(
                CaptureOf(row.id, invitation.room_id),
                room,
                journal,
                partial(self._follow, invitation.room_id),
            ),
        )
        call.recording_state = director.wanted(call)
        return call

    def _follow(self, room_id: str) -> None:
        """The recorder of that call failed, or may be started now."""
        if call := self._switchboard.find(room_id):
            self._background.spawn(director.follow(call))

    async def _invited(self, actor: Actor, invitation: NewCall) -> TelemedicineSession:
        """Written down, also if the database has an unfinished call of the patient that nobody here
        knows: one whose commit was not answered, so that it never rang, or whose end could not be
        written.
        """
        while True:
            try:
                return await self._ledger.initiated(actor, invitation)
            except UnfinishedCallExists:
                known = self._switchboard.rooms()
                if not (
                    closed := await self._ledger.close_left_behind(self._clock.moment(), known)
                ):
                    raise Conflict(
                        "patient_busy"
                    ) from None  # also while the end of their last call is to be written
                log.warning("closed %d calls that only the database knew", len(closed))
                await self._emergencies.load(closed)

    def _finish(self, call: LiveCall, event: Event, actor: Actor | None = None) -> None:
        """Takes effect at once, whatever database and disk do. Everybody hears it before their
        media stops, so that no page shows a fault.
        """
        party = call.party(actor.user_id) if actor else None
        call.state = callstate.after(
            call.state, event, self._clock.moment(), party.side if party else None
        )
        self._switchboard.end(call)
        self._timers.stop(call)
        announcements.tell_over(self._hub, call)
        self._ledger.over(call, actor, call.state, media.outcome(call, self._clock.moment()))
        call.ending = self._background.spawn(self._dismantle(call))

    async def _dismantle(self, call: LiveCall) -> None:
        await call.capture.close()
        await self._relay.close_room(call.room_id)
        await call.capture.finish()
        await call.journal.settled()
        self._switchboard.forget(call)

    async def _agree(
        self, call: LiveCall, party: Party, actor: Actor, decision: Decision, at: datetime
    ) -> bool:
        """Whether it was written and still stands:
        a no from another page meanwhile does instead.
        """
        try:
            await self._ledger.agreed(call, party, actor, decision, at, lambda: party.said is True)
        except DatabaseUnavailable:
            if party.said:
                party.said = party.consent
            raise
        if party.said:
            party.consent = True
            call.capture.hold(CONSENT_SETTLES_SECONDS)
        return party.said is True

    def _require_going_on(self) -> None:
        if self._stopping:
            raise Unavailable("server_stopping", retry_after=60)

    def _require_may_join(self, socket: Socket, call: LiveCall, party: Party) -> None:
        if self._clock.now() >= socket.expires_at:
            raise SignInRequired("token_expired")
        if party.side == "patient" and call.state.status == "initiated":
            raise Conflict("call_still_ringing", reason="join")
