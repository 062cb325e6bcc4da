"""/api/v1/telemedicine/call and /calls: the call's life, and the history of calls."""

from aiohttp import web

from signaling.api.endpoint import Context, Visitor
from signaling.resources import (
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


async def initiate_call(context: Context, body: InitiateCall) -> CallInitiated:
    """Invite a patient to a call (providers)."""
    room_id = await context.services.calls.initiate(
        context.actor, body.patient_id, body.recording_enabled, body.audio_only
    )
    return CallInitiated(room_id=room_id)


async def accept_call(context: Context, body: AcceptCall) -> CallAcceptedReply:
    """Accept an invitation and say whether the call may be recorded (the invited patient)."""
    await context.services.calls.accept(context.actor, body.room_id, body.recording_consent)
    return CallAcceptedReply()


async def decline_call(context: Context, body: CallReference) -> CallDeclinedReply:
    """Decline an invitation (the invited patient)."""
    await context.services.calls.decline(context.actor, body.room_id)
    return CallDeclinedReply()


async def end_call(context: Context, body: CallReference) -> CallEndedReply:
    """Hang up, or withdraw an invitation."""
    if not context.services.calls.is_in(context.actor, body.room_id):  # hanging up is never refused
        context.services.limits.require("change", context.actor.user_id)
    seconds = await context.services.calls.end(context.actor, body.room_id)
    return CallEndedReply(duration_seconds=seconds, duration_minutes=seconds // 60)


async def raise_emergency(context: Context, body: CallReference) -> EmergencyRaised:
    """Alert both parties and the staff; the call goes on."""
    services, actor = context.services, context.actor
    phone = services.config.emergency.phone
    theirs = body.room_id if services.calls.is_in(actor, body.room_id) else ""
    detail = f"The alert was raised and stands. In danger call {phone}."
    services.limits.require("emergency", f"{actor.user_id} {theirs}", detail)
    return await context.services.calls.emergency(context.actor, body.room_id)


async def acknowledge_emergency(context: Context, body: CallReference) -> EmergencyAcknowledged:
    """Say that somebody of the practice takes care of it (administrators)."""
    context.services.calls.acknowledge(context.actor, body.room_id)
    return EmergencyAcknowledged()


async def list_calls(context: Context, cursor: str | None = None) -> CallList:
    """Calls, newest first."""
    return await context.services.calls.list(context.actor, cursor)


async def get_call(context: Context, room_id: str) -> Call:
    """One call."""
    return await context.services.calls.get(context.actor, room_id)


async def open_socket(visitor: Visitor, user_id: str) -> web.StreamResponse:  # noqa: ARG001  the endpoint reads it from the request
    """The WebSocket of a signed-in user; its messages are ClientMessage and ServerMessage."""
    return await visitor.services.sockets.handle(visitor.request)
