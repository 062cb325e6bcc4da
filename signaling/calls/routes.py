"""/api/v1/telemedicine/call and /calls: the call's life, and the history of calls."""

from signaling.calls.resources import (
    AcceptCall,
    Call,
    CallAcceptedReply,
    CallDeclinedReply,
    CallEndedReply,
    CallInitiated,
    CallList,
    CallReference,
    EmergencyAcknowledged,
    EmergencyRaised,
    InitiateCall,
)
from signaling.calls.service import Calls
from signaling.config import Config
from signaling.kernel.errors import TooMany
from signaling.kernel.limits import Limits
from signaling.kernel.routes import TELEMEDICINE, Context, Route


async def initiate_call(context: Context, body: InitiateCall) -> CallInitiated:
    """Invite a patient to a call (providers)."""
    room_id = await context.the(Calls).initiate(
        context.actor, body.patient_id, body.recording_enabled, body.audio_only
    )
    return CallInitiated(room_id=room_id)


async def accept_call(context: Context, body: AcceptCall) -> CallAcceptedReply:
    """Accept an invitation and say whether the call may be recorded (the invited patient)."""
    await context.the(Calls).accept(context.actor, body.room_id, body.recording_consent)
    return CallAcceptedReply()


async def decline_call(context: Context, body: CallReference) -> CallDeclinedReply:
    """Decline an invitation (the invited patient)."""
    await context.the(Calls).decline(context.actor, body.room_id)
    return CallDeclinedReply()


async def end_call(context: Context, body: CallReference) -> CallEndedReply:
    """Hang up, or withdraw an invitation."""
    if not context.the(Calls).is_in(context.actor, body.room_id):  # hanging up is never refused
        context.the(Limits).require("change", context.actor.user_id)
    seconds = await context.the(Calls).end(context.actor, body.room_id)
    return CallEndedReply(duration_seconds=seconds, duration_minutes=seconds // 60)


async def raise_emergency(context: Context, body: CallReference) -> EmergencyRaised:
    """Alert both parties and the staff; the call goes on."""
    calls, actor = context.the(Calls), context.actor
    phone = context.the(Config).emergency.phone
    theirs = body.room_id if calls.is_in(actor, body.room_id) else ""
    if wait := context.the(Limits).wait("emergency", f"{actor.user_id} {theirs}"):
        raise TooMany("too_many_requests", reason="emergency", retry_after=wait, phone=phone)
    return await calls.emergency(actor, body.room_id)


async def acknowledge_emergency(context: Context, body: CallReference) -> EmergencyAcknowledged:
    """Say that somebody of the practice takes care of it (administrators)."""
    context.the(Calls).acknowledge(context.actor, body.room_id)
    return EmergencyAcknowledged()


async def list_calls(context: Context, cursor: str | None = None) -> CallList:
    """Calls, newest first."""
    return await context.the(Calls).list(context.actor, cursor)


async def get_call(context: Context, room_id: str) -> Call:
    """One call."""
    return await context.the(Calls).get(context.actor, room_id)


ROUTES = (
    Route("POST", f"{TELEMEDICINE}/call/initiate", initiate_call, "calls", "initiate"),
    Route("POST", f"{TELEMEDICINE}/call/accept", accept_call, "calls", "answer"),
    Route("POST", f"{TELEMEDICINE}/call/decline", decline_call, "calls", "answer"),
    Route("POST", f"{TELEMEDICINE}/call/end", end_call, "calls", None),
    Route("POST", f"{TELEMEDICINE}/call/emergency", raise_emergency, "calls", None),
    Route("POST", f"{TELEMEDICINE}/call/emergency/acknowledge", acknowledge_emergency, "calls", "change"),
    Route("GET", f"{TELEMEDICINE}/calls", list_calls, "calls", "read"),
    Route("GET", f"{TELEMEDICINE}/calls/{{room_id}}", get_call, "calls", "read"),
)
