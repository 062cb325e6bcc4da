"""What everybody hears when an invitation or a call is over."""

from signaling.calls.live import LiveCall, Party
from signaling.calls.messages import CallDeclined, CallEnded, Closed, InvitationClosed
from signaling.calls.state import whole_seconds
from signaling.kernel.clock import Moment
from signaling.kernel.hub import Hub
from signaling.kernel.words import EndReason, LeaveReason, Side

_OF_INVITATION: dict[EndReason, Closed] = {"declined": "declined", "missed": "missed"}
"""Any other end of a call that rang is, to the patient, a withdrawn invitation."""


def close_invitation(hub: Hub, call: LiveCall, invited: Party, reason: Closed) -> None:
    """To every page of theirs that rings."""
    hub.send(invited.user_id, InvitationClosed(room_id=call.room_id, reason=reason))


def ended(call: LiveCall) -> CallEnded:
    """How it ended."""
    return CallEnded(
        room_id=call.room_id,
        duration_seconds=call.state.duration_seconds,
        duration_minutes=call.state.duration_minutes,
        reason=call.state.end_reason or "failed",
        ended_by=call.state.ended_by,
    )


def out(call: LiveCall, reason: LeaveReason, by: Side | None, now: Moment) -> CallEnded:
    """It is over for one of them, and goes on for the others."""
    seconds = whole_seconds(call.state.started, now)
    return CallEnded(
        room_id=call.room_id,
        duration_seconds=seconds,
        duration_minutes=seconds // 60,
        reason=reason,
        ended_by=by,
    )


def tell_over(hub: Hub, call: LiveCall) -> None:
    """Whoever never accepted only sees the invitation go."""
    message, reason = ended(call), call.state.end_reason or "failed"
    accepted = call.state.started_at is not None
    if reason == "declined":
        hub.send(call.provider.user_id, CallDeclined(room_id=call.room_id))
    for party in call.people:
        if party.invitation or (party is call.patient and not accepted):
            close_invitation(hub, call, party, _OF_INVITATION.get(reason, "cancelled"))
        else:
            hub.send(party.user_id, message)
