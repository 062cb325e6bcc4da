"""What everybody in a call is told: who is there, and that an invitation or the call is over."""

from signaling.calls import views
from signaling.calls.live import LiveCall, Party
from signaling.calls.messages import CallDeclined, Closed, InvitationClosed, Participants
from signaling.kernel.hub import Hub
from signaling.kernel.messages import Message
from signaling.kernel.words import EndReason

_OF_INVITATION: dict[EndReason, Closed] = {"declined": "declined", "missed": "missed"}
"""Any other end of a call that rang is, to the patient, a withdrawn invitation."""


def tell(hub: Hub, call: LiveCall, user_id: str, message: Message) -> None:
    """To every page of somebody that the call can be shown on."""
    for socket in hub.of(user_id):
        if call.reached_by(socket.actor):
            socket.send(message)


def tell_participants(call: LiveCall, *parties: Party) -> None:
    """Who is in the call, to `parties` or to all, each with what arrives on its own m-lines."""
    people = [party.as_participant() for party in call.people]
    for party in parties or call.parties:
        party.send(
            Participants(
                room_id=call.room_id,
                participants=people,
                absentees=call.absentees(party),
                assignments=party.slot_assignments(),
            )
        )


def close_invitation(hub: Hub, call: LiveCall, invited: Party, reason: Closed) -> None:
    """To every page of theirs that rings."""
    tell(hub, call, invited.user_id, InvitationClosed(room_id=call.room_id, reason=reason))


def tell_over(hub: Hub, call: LiveCall) -> None:
    """Whoever never accepted only sees the invitation go."""
    message, reason = views.ended(call), call.state.end_reason or "failed"
    accepted = call.state.started_at is not None
    if reason == "declined":
        hub.send(call.provider.user_id, CallDeclined(room_id=call.room_id))
    for party in call.people:
        if party.invitation or (party is call.patient and not accepted):
            close_invitation(hub, call, party, _OF_INVITATION.get(reason, "cancelled"))
        else:
            tell(hub, call, party.user_id, message)
