"""Calls as others see them: rows and live calls turned into resources and messages."""

from datetime import datetime
from typing import cast

from relay.assignment import slots_needed
from signaling.calls.live import LiveCall, Party
from signaling.calls.messages import (
    CallAccepted,
    CallEnded,
    CallInvitation,
    CallJoined,
    CallLimit,
    EmergencyState,
    IceServer,
    Slots,
)
from signaling.calls.resources import Call, CallGuest, ConnectionBySide, OwnConsent
from signaling.calls.state import whole_seconds
from signaling.kernel.actor import Actor
from signaling.kernel.clock import Moment
from signaling.kernel.permissions import may
from signaling.kernel.words import EndReason, LeaveReason, OnWithdrawal, Side
from signaling.recordings.messages import RecordingState
from storage.calls import consents
from storage.calls.telemedicine_sessions import NamedSession
from storage.database import shapes
from storage.models import TelemedicineSession


def resource(found: NamedSession, actor: Actor, emergency: EmergencyState | None) -> Call:
    """A row of `GET calls`, for whoever asks."""
    row = found.session
    return Call(
        room_id=row.room_id,
        patient_id=row.patient_id,
        patient_name=found.patient_name,
        provider_id=row.provider_id,
        provider_name=found.provider_name,
        call_status=row.call_status,
        end_reason=cast("EndReason | None", row.end_reason),  # written by the state machine only
        audio_only=row.audio_only,
        recording_enabled=row.recording_enabled,
        recording_consent_given=row.recording_consent_given,
        has_recording=found.has_recording,
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        duration_seconds=row.duration_seconds,
        duration_minutes=row.duration_minutes,
        connection_quality=row.connection_quality,
        connection_by_side=shapes.read(row, "connection_by_side", ConnectionBySide),
        guests=_guests(found, actor),
        bandwidth_used=row.bandwidth_used,
        emergency=emergency,
        invitation_expires_at=row.invitation_expires_at if row.call_status == "initiated" else None,
        appointment_id=row.appointment_id,
    )


def own_consent(own: consents.OwnConsent) -> OwnConsent:
    """A row of `GET consents`."""
    consent = own.consent
    return OwnConsent(
        consent_id=consent.id,
        room_id=own.room_id,
        call_created_at=own.call_at,
        provider_name=own.provider_name,
        side=consent.role,
        at=consent.at,
        decision=consent.decision,
        text_id=consent.text_id,
        text_version=consent.text_version,
        text_sha256=consent.text_sha256,
        language=consent.language,
        text=own.text,
        text_confirmed=consent.text_confirmed,
    )


def _guests(found: NamedSession, actor: Actor) -> list[CallGuest]:
    """Who declined or did not answer is the business of the provider, who asked them,
    and of the staff.
    """
    everybody = actor.user_id == found.session.provider_id or may(actor.role, "call.list_all")
    return [
        CallGuest(
            user_id=guest.user_id,
            name=guest.name,
            side=guest.side,
            required=guest.required,
            invited_at=guest.invited_at,
            joined_at=guest.joined_at,
            left_at=guest.left_at,
            left_reason=guest.left_reason,
        )
        for guest in found.guests
        if everybody or guest.joined_at
    ]


def invitation(call: LiveCall, party: Party, now: Moment) -> CallInvitation:
    """What rings at the patient's, or at a guest's."""
    expires = party.invitation.expires if party.invitation else call.invitation_expires
    return CallInvitation(
        room_id=call.room_id,
        side=party.side,
        provider_name=call.provider.name,
        recording_enabled=call.records,
        audio_only=call.audio_only,
        expires_at=now.seen_at(expires.steady),
        appointment_id=call.appointment_id,
    )


def accepted(call: LiveCall, party: Party, now: Moment) -> CallAccepted:
    """From now on everybody counts the same time, whenever each of them is connected."""
    return CallAccepted(
        room_id=call.room_id,
        recording_consent=bool(_decision(call, party)),
        server_time=now.at,
        started_at=now.seen_at((call.state.started or now).steady),
        ends_at=_ends_at(call, now),
    )


def limit(call: LiveCall, now: Moment) -> CallLimit:
    """When it ends by itself has changed."""
    return CallLimit(room_id=call.room_id, server_time=now.at, ends_at=_ends_at(call, now))


def _ends_at(call: LiveCall, now: Moment) -> datetime | None:
    """None: not by itself."""
    if call.ends is None or call.crisis is not None:
        return None
    return now.seen_at(call.ends.steady)


def _decision(call: LiveCall, party: Party) -> bool | None:
    """About the recording, as far as a party has to know:
    the provider hears what the patient says.
    """
    return call.patient.consent if party.side == "provider" else party.consent


def joined(
    call: LiveCall,
    party: Party,
    ice_servers: list[IceServer],
    now: Moment,
    emergency: EmergencyState | None,
    on_withdrawal: OnWithdrawal,
) -> CallJoined:
    """All that a page needs to show the call.

    Its times are those of one clock, that of `server_time`.
    """
    slots = slots_needed(len(call.parties))
    rings = call.state.status == "initiated"
    return CallJoined(
        room_id=call.room_id,
        call_status="initiated" if rings else "active",
        recording_enabled=call.records,
        audio_only=call.audio_only,
        started_at=now.seen_at(call.state.started.steady) if call.state.started else None,
        ends_at=_ends_at(call, now),
        invitation_expires_at=now.seen_at(call.invitation_expires.steady) if rings else None,
        server_time=now.at,
        participants=[someone.as_participant() for someone in call.people],
        absentees=call.absentees(party),
        recording=call.recording_state or RecordingState(state="off"),
        on_withdrawal=on_withdrawal,
        recording_consent=_decision(call, party),
        emergency=emergency,
        ice_servers=ice_servers,
        slots=Slots(audio=slots.audio, video=slots.video),
    )


def ended(call: LiveCall) -> CallEnded:
    """How it ended."""
    return CallEnded(
        room_id=call.room_id,
        duration_seconds=call.state.duration_seconds,
        duration_minutes=call.state.duration_minutes,
        reason=call.state.end_reason or "failed",
        ended_by=call.state.ended_by,
    )


def ended_for(call: LiveCall, reason: LeaveReason, by: Side | None, now: Moment) -> CallEnded:
    """It is over for one of them, and goes on for the others."""
    seconds = whole_seconds(call.state.started, now)
    return CallEnded(
        room_id=call.room_id,
        duration_seconds=seconds,
        duration_minutes=seconds // 60,
        reason=reason,
        ended_by=by,
    )


def ended_long_ago(row: TelemedicineSession) -> CallEnded:
    """What a page hears that comes back too late, of a call that only the database knows."""
    reason = cast("EndReason | None", row.end_reason) or "failed"
    return CallEnded(
        room_id=row.room_id,
        duration_seconds=row.duration_seconds or 0,
        duration_minutes=row.duration_minutes or 0,
        reason=reason,
        ended_by=cast("Side | None", row.ended_by),  # written by the state machine only
    )
