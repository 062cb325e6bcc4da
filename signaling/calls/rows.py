"""The rows of a call and of its guests, as they are from now on."""

import logging
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.calls.live import Emergency, LiveCall, Party
from signaling.calls.state import CallState
from storage.calls import call_participants, telemedicine_sessions
from storage.models import CallParticipant, TelemedicineSession
from storage.rows import carriers
from storage.words import LeftReason

log = logging.getLogger(__name__)


async def of_call(tx: AsyncSession, call: LiveCall) -> TelemedicineSession:
    """To be changed. Raises CarriedElsewhere.

    Made anew if the database has lost it, as it may in a failover: the call is still there.
    """
    found = await telemedicine_sessions.by_room(tx, call.room_id, for_update=True)
    if found is not None:
        carriers.require(tx, found.session)  # also for what hangs on it, such as a consent
        return found.session
    log.error("the database has lost call %s, which is written anew", call.session_id)
    row = TelemedicineSession(
        id=call.session_id,
        patient_id=call.patient.user_id,
        provider_id=call.provider.user_id,
        room_id=call.room_id,
        created_at=call.created.at,
        invitation_expires_at=call.invitation_expires.at,
        appointment_id=call.appointment_id,
        audio_only=call.audio_only,
        recording_enabled=call.recording_enabled,
        recording_consent_given=call.patient.consent,
    )
    copy(call.state, row)
    await telemedicine_sessions.restore(tx, row)
    for party in call.people:
        if party.invited_by is not None and party is not call.patient:
            await call_participants.put(tx, _guest_row(call, party, joined_at=party.joined_at))
    return row


async def of_emergency(tx: AsyncSession, emergency: Emergency) -> TelemedicineSession | None:
    """That of its call; none if there is none any more."""
    if emergency.call is not None:
        return await of_call(tx, emergency.call)
    found = await telemedicine_sessions.by_room(tx, emergency.room_id, for_update=True)
    return found.session if found else None


def copy(state: CallState, row: TelemedicineSession) -> None:
    """What the state machine says."""
    row.call_status = state.status
    row.started_at = state.started_at
    row.ended_at = state.ended_at
    row.end_reason = state.end_reason
    row.ended_by = state.ended_by


async def close(tx: AsyncSession, row: TelemedicineSession, state: CallState) -> None:
    """The call is over, and for everybody who is in it."""
    copy(state, row)
    row.duration_seconds, row.duration_minutes = state.duration_seconds, state.duration_minutes
    await call_participants.all_leave(tx, row)


async def put_guest(
    tx: AsyncSession,
    call: LiveCall,
    guest: Party,
    *,
    joined_at: datetime | None = None,
    left_at: datetime | None = None,
    left_reason: LeftReason | None = None,
) -> None:
    """Write the guest's. Raises CarriedElsewhere."""
    await of_call(tx, call)
    row = _guest_row(call, guest, joined_at=joined_at)
    row.left_at, row.left_reason = left_at, left_reason
    await call_participants.put(tx, row)


def _guest_row(call: LiveCall, guest: Party, *, joined_at: datetime | None) -> CallParticipant:
    may = guest.capabilities
    return CallParticipant(
        session_id=call.session_id,
        user_id=guest.user_id,
        invited_at=guest.invited.at,
        invited_by=guest.invited_by,
        name=guest.name,
        side=guest.side,
        may_speak=may.speak,
        may_show_camera=may.camera,
        may_share_screen=may.screen,
        may_chat=may.chat,
        is_recorded=may.recorded,
        required=guest.required,
        joined_at=joined_at,
    )
