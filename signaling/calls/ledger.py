"""What the database is told about calls, each change with its audit row in one transaction."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from signaling.calls import rows
from signaling.calls import state as callstate
from signaling.calls.live import Emergency, LiveCall, Party
from signaling.calls.resources import ConnectionBySide
from signaling.calls.settings import Appointments
from signaling.calls.state import CallState, Event
from signaling.calls.stretches import worse_side
from signaling.identity.scope import Scope
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock, Moment
from signaling.kernel.journal import PATIENCE_SECONDS, Entry, Journals, Write, nothing
from signaling.kernel.words import CallStatus, Condition, Side
from signaling.recordings import consent
from signaling.recordings.consent import Answer
from storage import audit
from storage.audit import AuditEvent, Detail
from storage.calls import call_participants, connections, consents, telemedicine_sessions
from storage.calls.consents import OwnConsent
from storage.calls.telemedicine_sessions import NamedSession
from storage.clinical import crises
from storage.database import Database
from storage.models import GuestLink, TelemedicineSession, User
from storage.people import guest_links, patients
from storage.rows.page import Page
from storage.words import AuditAction, CrisisEntry, LeftReason

CATCH_UP_SECONDS = 1.0
OVER: Mapping[CallStatus, AuditAction] = {
    "ended": "call.ended",
    "failed": "call.failed",
    "declined": "call.declined",
    "missed": "call.missed",
}

CRISIS_ENTRIES: Mapping[AuditAction, CrisisEntry] = {
    "call.emergency": "raised",
    "call.emergency_acknowledged": "acknowledged",
}

LEFT: Mapping[LeftReason, AuditAction] = {
    "left": "call.participant_left",
    "removed": "call.participant_removed",
    "declined": "call.participant_declined",
    "missed": "call.participant_missed",
}
"""Of a call that goes on."""


@dataclass(frozen=True)
class NewCall:
    """A call that is about to ring."""

    room_id: str
    patient_id: str
    recording_enabled: bool
    audio_only: bool
    at: Moment
    expires: Moment
    appointment_id: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What is known of the media once a call is over."""

    sides: ConnectionBySide
    bytes_relayed: int = 0


class Ledger:
    """Writes calls down.

    Methods that are awaited raise DatabaseUnavailable, and then nothing of it has happened. The
    others tell what has happened: it is written in its order, as soon as the database lets it.
    """

    def __init__(
        self,
        database: Database,
        scope: Scope,
        appointments: Appointments,
        guests_stay: timedelta,
        clock: Clock,
    ) -> None:
        self._database = database
        self._scope = scope
        self._appointments = appointments
        self._guests_stay = guests_stay
        self.journals = Journals(database, clock)

    async def patient(self, provider: Actor, user_id: str) -> User | None:
        """Somebody whom the provider can call."""
        async with self._database.reading() as tx:
            return await self._scope.patient(tx, provider.user_id, user_id)

    async def invitable(self, provider: Actor) -> Sequence[tuple[User, date | None]]:
        """Everybody whom the provider can invite to a call, by name, and when they were born."""
        async with self._database.reading() as tx:
            guests = await self._scope.guests(tx, provider.user_id)
            born = await patients.birth_dates(tx, [user.id for user in guests])
        return [(user, born.get(user.id)) for user in guests]

    async def person(self, provider: Actor, user_id: str) -> User | None:
        """Somebody whom the provider can invite to a call."""
        async with self._database.reading() as tx:
            return await self._scope.guest(tx, provider.user_id, user_id)

    async def initiated(
        self, actor: Actor, invitation: NewCall, answer: Answer | None
    ) -> TelemedicineSession:
        """`answer` is the provider's own consent, which is the recording switch.

        Raises UnfinishedCallExists if the patient is in a call, NotFound or Conflict if it cannot
        be held for that appointment.
        """
        # One of the two may have hung up while the database was away; other people's entries
        # hold up nobody here.
        await self.journals.written(PATIENCE_SECONDS, actor.user_id, invitation.patient_id)
        async with self._database.transaction() as tx:
            if invitation.appointment_id:
                await self._appointments.require(
                    tx, invitation.appointment_id, actor.user_id, invitation.patient_id
                )
            row = await telemedicine_sessions.create(
                tx,
                patient_id=invitation.patient_id,
                provider_id=actor.user_id,
                room_id=invitation.room_id,
                recording_enabled=invitation.recording_enabled,
                audio_only=invitation.audio_only,
                now=invitation.at.at,
                invitation_expires_at=invitation.expires.at,
                appointment_id=invitation.appointment_id,
            )
            switches = {"recording_enabled": row.recording_enabled, "audio_only": row.audio_only}
            await audit.append(
                tx,
                entry("call.initiated", row.created_at, actor, session_id=row.id, detail=switches),
            )
            if answer:
                await consent.keep(tx, row.id, actor, "provider", answer, row.created_at)
                await audit.append(tx, consent.event(answer, row.created_at, actor, row.id))
        return row

    async def accepted(
        self,
        call: LiveCall,
        actor: Actor,
        state: CallState,
        answer: Answer | None,
        still: Callable[[], bool],
    ) -> bool:
        """Whether it was still to be accepted in the end.

        `answer` is none if the call is not to be recorded.
        """
        moment = state.started_at or call.created.at

        async def write(tx: AsyncSession) -> None:
            row = await rows.of_call(tx, call)
            rows.copy(state, row)
            await call_participants.joins(tx, row.id, actor.user_id, moment)
            if answer:
                await self._decide(tx, row, actor, "patient", answer, moment)
                await audit.append(tx, consent.event(answer, moment, actor, row.id))

        event = entry("call.accepted", moment, actor, session_id=call.session_id)
        return await call.journal.ask(Entry(write, event), still)

    async def guest_link(self, link_id: str) -> GuestLink | None:
        """By which somebody came."""
        async with self._database.reading() as tx:
            found = await guest_links.by_id(tx, link_id)
        return found.link if found else None

    async def invited(
        self, call: LiveCall, actor: Actor | None, guest: Party, still: Callable[[], bool]
    ) -> bool:
        """Somebody else, to a call that runs. Whether it still ran in the end. `actor` is none of
        whoever came by a link.
        """

        async def write(tx: AsyncSession) -> None:
            await rows.put_guest(tx, call, guest)

        call.journal.concern(guest.user_id)
        event = _of_guest("call.participant_invited", call, guest, guest.invited.at, actor)
        return await call.journal.ask(Entry(write, event), still)

    async def joined(
        self,
        call: LiveCall,
        actor: Actor,
        guest: Party,
        answer: Answer | None,
        at: datetime,
        still: Callable[[], bool],
    ) -> bool:
        """A guest accepts; whether the invitation stood in the end.

        `answer` is none if they are not recorded.
        """

        async def write(tx: AsyncSession) -> None:
            await rows.put_guest(tx, call, guest, joined_at=at)
            if answer:
                row = await rows.of_call(tx, call)
                await self._decide(tx, row, actor, guest.side, answer, at)
                await audit.append(tx, consent.event(answer, at, actor, row.id))

        event = _of_guest("call.participant_joined", call, guest, at, actor)
        return await call.journal.ask(Entry(write, event), still)

    def left(
        self, call: LiveCall, actor: Actor | None, guest: Party, reason: LeftReason, at: datetime
    ) -> None:
        """A guest is out, or their invitation is over.

        `actor` is none when the server itself brought it about.
        """
        joined_at, noted = guest.joined_at, guest.noted

        async def write(tx: AsyncSession) -> None:
            await rows.put_guest(
                tx, call, guest, joined_at=joined_at, left_at=at, left_reason=reason
            )
            if noted:
                await connections.change(tx, call.session_id, at, {guest.user_id: None})

        event = _of_guest(LEFT[reason], call, guest, at, actor)
        call.journal.add(Entry(write, event))

    def connections(
        self, call: LiveCall, conditions: Mapping[str, Condition], at: datetime
    ) -> None:
        """How well some are connected from now on, by user."""

        async def write(tx: AsyncSession) -> None:
            await rows.of_call(tx, call)
            await connections.change(tx, call.session_id, at, conditions)

        call.journal.add(Entry(write))

    def over(self, call: LiveCall, actor: Actor | None, state: CallState, outcome: Outcome) -> None:
        """`actor` is none when the server itself ended it."""

        async def write(tx: AsyncSession) -> None:
            row = await rows.of_call(tx, call)
            # Of a call that nobody took there is no connection to speak of.
            row.connection_quality = worse_side(outcome.sides)
            row.connection_by_side = (
                msgspec.to_builtins(outcome.sides) if row.connection_quality else None
            )
            row.bandwidth_used = outcome.bytes_relayed
            await self._close(tx, row, state)

        call.journal.add(Entry(write, _end(call.session_id, call.created.at, actor, state)))

    async def agreed(
        self,
        call: LiveCall,
        party: Party,
        actor: Actor,
        answer: Answer,
        at: datetime,
        still: Callable[[], bool],
    ) -> bool:
        """A yes during the call; whether it was still meant in the end.

        Nothing is recorded before it is written.
        """
        return await call.journal.ask(self._decision(call, party, actor, answer, at), still)

    def refused(
        self,
        call: LiveCall,
        party: Party,
        actor: Actor,
        answer: Answer,
        at: datetime,
        also: Write = nothing,
    ) -> None:
        """A no during the call: it is in force already. `also` is what follows from it, in the same
        transaction.
        """
        call.journal.add(self._decision(call, party, actor, answer, at, also))

    def off_the_record(self, call: LiveCall, actor: Actor, *, off: bool, at: datetime) -> None:
        """Somebody asked for a pause of the recording, or took that back."""
        event = entry(
            "recording.off_the_record" if off else "recording.on_the_record",
            at,
            actor,
            session_id=call.session_id,
            recording_id=call.capture.recording_id,
        )
        call.journal.add(Entry(nothing, event))

    async def asked(
        self,
        call: LiveCall,
        actor: Actor,
        answer: Answer,
        at: datetime,
        still: Callable[[], bool],
    ) -> bool:
        """The provider asks in mid-call whether it may be recorded, and agrees to it themselves;
        whether it still ran in the end.
        """

        async def write(tx: AsyncSession) -> None:
            row = await rows.of_call(tx, call)
            row.recording_enabled = True
            await consent.keep(tx, row.id, actor, "provider", answer, at)
            await audit.append(tx, consent.event(answer, at, actor, row.id))

        event = entry("recording.asked", at, actor, session_id=call.session_id)
        return await call.journal.ask(Entry(write, event), still)

    def switched_off(self, call: LiveCall, actor: Actor, at: datetime) -> None:
        """The provider stopped the recording for good."""
        event = entry(
            "recording.switched_off",
            at,
            actor,
            session_id=call.session_id,
            recording_id=call.capture.recording_id,
        )
        call.journal.add(Entry(nothing, event))

    def extended(self, call: LiveCall, actor: Actor, minutes: int, at: datetime) -> None:
        """The provider let it last longer."""
        detail: Detail = {"minutes": minutes}
        event = entry("call.extended", at, actor, session_id=call.session_id, detail=detail)
        call.journal.add(Entry(nothing, event))

    def emergency(
        self,
        emergency: Emergency,
        action: AuditAction,
        at: datetime,
        actor: Actor | None,
        detail: Detail | None = None,
    ) -> None:
        """It was raised, has reached somebody, or was taken on; everybody knows already.

        Of one that a newer one has superseded, the row tells nothing any more.
        """
        raised = emergency.raised_at, emergency.raised_by
        reached = sorted(emergency.reached)
        acknowledged = emergency.acknowledged_at, emergency.acknowledged_by
        superseded = emergency.superseded

        kind = CRISIS_ENTRIES.get(action)

        async def write(tx: AsyncSession) -> None:
            if kind is not None:
                by_id = actor.user_id if actor else None
                await crises.tell(tx, emergency.session_id, kind, at, by_id)
            row = None if superseded else await rows.of_emergency(tx, emergency)
            if row is not None:
                row.emergency_raised_at, row.emergency_raised_by = raised
                row.emergency_reached = [*reached]
                row.emergency_acknowledged_at, row.emergency_acknowledged_by = acknowledged

        event = entry(action, at, actor, session_id=emergency.session_id, detail=detail)
        emergency.journal.add(Entry(write, event))

    def crisis_over(self, call: LiveCall, actor: Actor, at: datetime) -> None:
        """Its provider said so."""

        async def write(tx: AsyncSession) -> None:
            await crises.tell(tx, call.session_id, "over", at, actor.user_id)

        event = entry("call.crisis_over", at, actor, session_id=call.session_id)
        call.journal.add(Entry(write, event))

    async def left_emergencies(
        self, since: datetime, closed: Collection[str]
    ) -> Sequence[NamedSession]:
        """Unanswered ones of calls that nobody carries any more, oldest first.

        Also those of the rooms that were just `closed`, and only of patients whom this server has.
        """
        async with self._database.transaction() as tx:
            found = await telemedicine_sessions.left_emergencies(tx, since, closed)
            existing = await self._scope.existing(tx, [call.session.patient_id for call in found])
        return [call for call in found if call.session.patient_id in existing]

    async def close_left_behind(
        self, now: Moment, known: Collection[str] | None = None
    ) -> Sequence[str]:
        """End the unfinished calls that nobody carries any more; their rooms.

        Also those that only the database takes for this server's own, if it says which rooms it
        knows.
        """
        async with self._database.transaction() as tx:
            left = await telemedicine_sessions.left_unfinished(tx, known)
            for row in left:
                before = CallState(row.call_status, _started(row, now))
                state = callstate.after(before, Event.SERVER_RESTART, now)
                await self._close(tx, row, state)
                await audit.append(tx, _end(row.id, row.created_at, None, state))
        return [row.room_id for row in left]

    async def call(self, room_id: str) -> NamedSession | None:
        await self._catch_up(room_id)
        async with self._database.reading() as tx:
            found = await telemedicine_sessions.by_room(tx, room_id)
            return (await telemedicine_sessions.with_guests(tx, [found]))[0] if found else None

    async def took_part(self, session_id: str, user_id: str) -> bool:
        """Whether they ever were in it."""
        async with self._database.reading() as tx:
            return await call_participants.has_joined(tx, session_id, user_id)

    async def history(self, user_id: str | None, cursor: str | None) -> Page[NamedSession]:
        """One user's calls, or everybody's; newest first. Raises InvalidCursor."""
        await self._catch_up(*([user_id] if user_id else []))
        async with self._database.reading() as tx:
            return await telemedicine_sessions.history(tx, user_id, cursor=cursor)

    async def consents(self, user_id: str, cursor: str | None) -> Page[OwnConsent]:
        """What somebody answered, in all of their calls; newest first. Raises InvalidCursor."""
        await self._catch_up(user_id)
        async with self._database.reading() as tx:
            return await consents.of_user(tx, user_id, cursor)

    async def consent(self, user_id: str, consent_id: int) -> OwnConsent | None:
        """None: they have not answered anything with that number."""
        async with self._database.reading() as tx:
            return await consents.one_of_user(tx, user_id, consent_id)

    async def _close(self, tx: AsyncSession, row: TelemedicineSession, state: CallState) -> None:
        """With the links that lead into it, and the appointment that it was held for, if it was
        held to its end.
        """
        await rows.close(tx, row, state)
        at = state.ended_at or row.created_at
        await guest_links.end_of_room(tx, row.room_id, at + self._guests_stay)
        was_held = state.status == "ended" and state.end_reason != "link_revoked"
        if row.appointment_id and was_held and state.started_at:
            await self._appointments.held(tx, row.appointment_id, at)

    async def _catch_up(self, *ids: str) -> None:
        """Who did something a moment ago reads of it; see Journals.written."""
        await self.journals.written(CATCH_UP_SECONDS, *ids)

    def _decision(
        self,
        call: LiveCall,
        party: Party,
        actor: Actor,
        answer: Answer,
        at: datetime,
        also: Write = nothing,
    ) -> Entry:
        async def write(tx: AsyncSession) -> None:
            await self._decide(tx, await rows.of_call(tx, call), actor, party.side, answer, at)
            await also(tx)

        return Entry(write, consent.event(answer, at, actor, call.session_id))

    async def _decide(
        self,
        tx: AsyncSession,
        row: TelemedicineSession,
        actor: Actor,
        side: Side,
        answer: Answer,
        at: datetime,
    ) -> None:
        if side == "patient":
            row.recording_consent_given = answer.decision == "given"
        await consent.keep(tx, row.id, actor, side, answer, at)


def _of_guest(
    action: AuditAction, call: LiveCall, guest: Party, at: datetime, actor: Actor | None
) -> AuditEvent:
    detail: Detail = {"side": guest.side, "required": guest.required}
    return entry(
        action, at, actor, session_id=call.session_id, user_id=guest.user_id, detail=detail
    )


def _end(
    session_id: str, created_at: datetime, actor: Actor | None, state: CallState
) -> AuditEvent:
    detail = {"reason": state.end_reason, "duration_seconds": state.duration_seconds}
    at = state.ended_at or created_at
    return entry(OVER[state.status], at, actor, session_id=session_id, detail=detail)


def _started(row: TelemedicineSession, now: Moment) -> Moment | None:
    """Of an earlier run nothing but the wall clock is left to tell how long it was."""
    if row.started_at is None:
        return None
    return now.after(min(0.0, (row.started_at - now.at).total_seconds()))
