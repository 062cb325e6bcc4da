"""What the database is told about calls: each change and its audit row in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from signaling import callstate
from signaling.actor import Actor
from signaling.auditing import entry
from signaling.calls.live import LiveCall
from signaling.callstate import CallState, Event
from signaling.clock import Moment
from signaling.messages import Quality
from signaling.resources import ConsentText
from storage import audit, consents, telemedicine_sessions, users
from storage.database import Database
from storage.models import Consent, Decision, TelemedicineSession, User
from storage.page import Page
from storage.telemedicine_sessions import NamedSession


@dataclass(frozen=True)
class Invitation:
    """A call that is about to ring."""

    room_id: str
    patient_id: str
    recording_enabled: bool
    audio_only: bool
    at: Moment
    expires: Moment


@dataclass(frozen=True)
class Outcome:
    """What is known of the media once a call is over."""

    quality: Quality | None = None
    bytes_relayed: int = 0


class Ledger:
    """Writes calls down. Every method raises DatabaseUnavailable, and then nothing of it was written."""

    def __init__(self, database: Database, text: ConsentText) -> None:
        self._database = database
        self._text = text

    async def patient(self, provider: Actor, user_id: str) -> User | None:
        """Somebody whom the provider can call."""
        async with self._database.reading() as tx:
            return await users.patient_of(tx, provider.user_id, user_id)

    async def initiated(self, actor: Actor, invitation: Invitation) -> TelemedicineSession:
        """Raises UnfinishedCallExists if the patient is in a call. The switch is the provider's own consent."""
        async with self._database.transaction() as tx:
            row = await telemedicine_sessions.create(
                tx,
                patient_id=invitation.patient_id,
                provider_id=actor.user_id,
                room_id=invitation.room_id,
                recording_enabled=invitation.recording_enabled,
                audio_only=invitation.audio_only,
                now=invitation.at.at,
                invitation_expires_at=invitation.expires.at,
            )
            switches = {"recording_enabled": row.recording_enabled, "audio_only": row.audio_only}
            await audit.append(tx, entry("call.initiated", row.created_at, actor, session_id=row.id, detail=switches))
            if invitation.recording_enabled:
                await self._consent(tx, row, actor, "given", row.created_at)
        return row

    async def accepted(self, call: LiveCall, actor: Actor, state: CallState, decision: Decision | None) -> None:
        """`decision` is none if the call is not to be recorded."""
        async with self._database.transaction() as tx:
            row = await _row(tx, call)
            _copy(state, row)
            moment = state.started_at or row.created_at
            await audit.append(tx, entry("call.accepted", moment, actor, session_id=row.id))
            if decision:
                await self._consent(tx, row, actor, decision, moment)

    async def over(self, call: LiveCall, actor: Actor | None, state: CallState, outcome: Outcome) -> None:
        """`actor` is none when the server itself ended it."""
        async with self._database.transaction() as tx:
            row = await _row(tx, call)
            row.connection_quality = outcome.quality
            row.bandwidth_used = outcome.bytes_relayed
            await _close(tx, row, actor, state)

    async def consented(self, call: LiveCall, actor: Actor, decision: Decision, at: datetime) -> None:
        """A decision during the call."""
        async with self._database.transaction() as tx:
            await self._consent(tx, await _row(tx, call), actor, decision, at)

    async def emergency(self, call: LiveCall, actor: Actor, at: datetime) -> None:
        """Somebody pressed the button."""
        async with self._database.transaction() as tx:
            await audit.append(tx, entry("call.emergency", at, actor, session_id=call.session_id))

    async def close_left_behind(self, now: Moment) -> int:
        """End the calls that a stopped server left unfinished; how many there were."""
        async with self._database.transaction() as tx:
            rows = await telemedicine_sessions.unfinished(tx)
            for row in rows:
                left = CallState(row.call_status, _started(row, now))
                await _close(tx, row, None, callstate.after(left, Event.SERVER_RESTART, now))
        return len(rows)

    async def call(self, room_id: str) -> NamedSession | None:
        async with self._database.reading() as tx:
            return await telemedicine_sessions.by_room(tx, room_id)

    async def history(self, user_id: str | None, cursor: str | None) -> Page[NamedSession]:
        """One user's calls, or everybody's; newest first. Raises InvalidCursor."""
        async with self._database.reading() as tx:
            return await telemedicine_sessions.history(tx, user_id, cursor=cursor)

    async def _consent(
        self, tx: AsyncSession, row: TelemedicineSession, actor: Actor, decision: Decision, at: datetime
    ) -> None:
        if actor.user_id == row.patient_id:
            row.recording_consent_given = decision == "given"
        await consents.append(
            tx,
            Consent(
                session_id=row.id,
                user_id=actor.user_id,
                role=actor.role,
                decision=decision,
                text_id=self._text.id,
                text_version=self._text.version,
                text_sha256=self._text.sha256,
                language=self._text.language,
                at=at,
                address=actor.address,
                user_agent=actor.user_agent,
            ),
        )
        await audit.append(tx, entry(f"consent.{decision}", at, actor, session_id=row.id))


async def _row(tx: AsyncSession, call: LiveCall) -> TelemedicineSession:
    found = await telemedicine_sessions.by_room(tx, call.room_id, for_update=True)
    if found is None:
        raise LookupError("a live call has lost its row")
    return found.session


async def _close(tx: AsyncSession, row: TelemedicineSession, actor: Actor | None, state: CallState) -> None:
    _copy(state, row)
    row.duration_seconds, row.duration_minutes = state.duration_seconds, state.duration_minutes
    detail = {"reason": state.end_reason, "duration_seconds": state.duration_seconds}
    at = state.ended_at or row.created_at
    await audit.append(tx, entry(f"call.{state.status}", at, actor, session_id=row.id, detail=detail))


def _started(row: TelemedicineSession, now: Moment) -> Moment | None:
    """Of an earlier run nothing but the wall clock is left to tell how long it was."""
    if row.started_at is None:
        return None
    return now.after(min(0.0, (row.started_at - now.at).total_seconds()))


def _copy(state: CallState, row: TelemedicineSession) -> None:
    row.call_status = state.status
    row.started_at = state.started_at
    row.ended_at = state.ended_at
    row.end_reason = state.end_reason
