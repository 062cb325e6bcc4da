"""What everybody hears when an invitation or a call is over."""

from signaling.calls.live import LiveCall
from signaling.calls.messages import CallDeclined, CallEnded, Closed, InvitationClosed
from signaling.kernel.hub import Hub
from signaling.kernel.words import EndReason

_OF_INVITATION: dict[EndReason, Closed] = {"declined": "declined", "missed": "missed"}
"""Any other end of a call that rang is, to the patient, a withdrawn invitation."""


def close_invitation(hub: Hub, call: LiveCall, reason: Closed) -> None:
    """To every page of the patient that rings."""
    hub.send(call.patient.user_id, InvitationClosed(room_id=call.room_id, reason=reason))


def ended(call: LiveCall) -> CallEnded:
    """How it ended."""
    return CallEnded(
        room_id=call.room_id,
        duration_seconds=call.state.duration_seconds,
        duration_minutes=call.state.duration_minutes,
        reason=call.state.end_reason or "failed",
        ended_by=call.state.ended_by,
    )


def tell_over(hub: Hub, call: LiveCall) -> None:
    """A patient who never accepted only sees the invitation go."""
    message = ended(call)
    if call.state.started_at is None:
        close_invitation(hub, call, _OF_INVITATION.get(message.reason, "cancelled"))
    else:
        hub.send(call.patient.user_id, message)
    if message.reason == "declined":
        hub.send(call.provider.user_id, CallDeclined(room_id=call.room_id))
    hub.send(call.provider.user_id, message)
