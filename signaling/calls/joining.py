"""The pages of a call: one signs in, one carries the call, one is gone."""

from signaling.calls import announcements, emergencies, guests, recording, views
from signaling.calls.calls import Calls
from signaling.calls.live import LiveCall, Party
from signaling.calls.messages import CallEnded, CallJoined, ConnectionReplaced
from signaling.kernel.errors import Conflict, SignInRequired
from signaling.kernel.hub import Socket


def socket_opened(calls: Calls, socket: Socket) -> None:
    """A page signed in: what rings is repeated to it, and to staff what needs them."""
    emergencies.show(calls, socket)
    for call in calls.live():
        invited = (
            call.patient if call.state.status == "initiated" else call.invitee(socket.actor.user_id)
        )
        if invited and invited.user_id == socket.actor.user_id and call.reached_by(socket.actor):
            if invited.invitation:
                invited.invitation.rang = True
            socket.send(views.invitation(call, invited, calls.clock.moment()))
    guests.came(calls, socket)


async def join(calls: Calls, socket: Socket, room_id: str) -> CallJoined | CallEnded:
    """Carry the call with this socket; another socket of the same user hands it over.

    A page that was away when the call ended, or the server with it, is told how it ended.
    """
    if ended := calls.find_ended(socket.actor, room_id):
        return views.ended(ended)
    if left := calls.find_left(socket.actor, room_id):
        return left
    if calls.find_live(socket.actor, room_id) is None:
        return views.ended_long_ago((await calls.own(socket.actor, room_id)).session)
    call, party = await calls.own_live(socket.actor, room_id)
    if party.socket is not socket:
        _require_may_join(calls, socket, call, party)
        _hand_over(calls, call, party, socket)
    return views.joined(
        call,
        party,
        calls.settings.ice_servers(),
        calls.clock.moment(),
        emergencies.of_call(calls, call),
        calls.withdrawals.policy,
    )


def socket_closed(calls: Calls, socket: Socket) -> None:
    """The page is gone, or only its socket: media that flows keeps the call."""
    for call in calls.live():
        if party := call.carried_by(socket):
            party.socket = None
            announcements.tell_participants(call)
            calls.background.spawn(recording.adjust(call))


def _require_may_join(calls: Calls, socket: Socket, call: LiveCall, party: Party) -> None:
    if calls.clock.now() >= socket.expires_at:
        raise SignInRequired("token_expired")
    if party.side == "patient" and call.state.status == "initiated":
        raise Conflict("call_still_ringing", reason="join")


def _hand_over(calls: Calls, call: LiveCall, party: Party, socket: Socket) -> None:
    party.send(ConnectionReplaced(room_id=call.room_id))
    party.socket = socket
    party.path = None  # this page was told nothing yet
    party.comes_by(socket.actor.guest)
    if socket.cookie_digest is not None:
        party.cookies.add(socket.cookie_digest)
    recording.halt(call)  # before anything that a newcomer hears or says
    announcements.tell_participants(call, *(other for other in call.parties if other is not party))
    if not party.required:  # being there may make a difference to the recording
        calls.background.spawn(recording.adjust(call))
