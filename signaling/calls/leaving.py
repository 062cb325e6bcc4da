"""How somebody is out of a call.

If it is one of the two whose call it is, the call is over; of anybody else, only they are out.
That takes effect first, and is written afterwards.
"""

import asyncio

from signaling.calls import announcements, ending, participants, recording, views
from signaling.calls.calls import Calls
from signaling.calls.live import LiveCall, Party
from signaling.calls.messages import Absence, Absentee, Closed
from signaling.calls.state import Event
from signaling.kernel.actor import Actor
from signaling.kernel.errors import NotAllowed, NotFound
from signaling.kernel.permissions import require_side
from signaling.kernel.words import LeaveReason, Side
from storage.words import LeftReason

SETTLE_SECONDS = 2.0
"""An end is usually sealed and written when its reply goes out, but waits for nothing longer."""

_CLOSED: dict[Absence, Closed] = {
    "declined": "declined",
    "missed": "missed",
    "unreached": "missed",
    "cancelled": "cancelled",
}
_LEFT: dict[Absence, LeftReason] = {
    "declined": "declined",
    "missed": "missed",
    "unreached": "missed",
    "cancelled": "removed",
}


async def hang_up(calls: Calls, actor: Actor, room_id: str) -> int:
    """Leave, or withdraw an invitation; whole seconds the call took.

    Leaving a call that is over is no error.
    """
    if call := calls.find_live(actor, room_id):
        party = call.party(actor.user_id)
        if party and not participants.ends_the_call(party.side):
            _take_out(calls, call, party, "left", actor, party.side)
            return call.gone[actor.user_id].duration_seconds
        event = Event.CANCEL if call.state.status == "initiated" else Event.HANG_UP
        ending.finish(calls, call, event, actor)
    elif left := calls.find_left(actor, room_id):
        return left.duration_seconds
    elif not (call := calls.find_ended(actor, room_id)):
        return (await calls.own(actor, room_id)).session.duration_seconds or 0
    if call.ending:
        await asyncio.wait({call.ending}, timeout=SETTLE_SECONDS)
    return call.state.duration_seconds


async def disconnect(calls: Calls, actor: Actor, room_id: str) -> int:
    """The provider ends the call for everybody at once; whole seconds it took. Everybody is told,
    and no media go on, whatever their pages do and however slow the disk is.

    Raises NotAllowed for anybody else, Conflict unless it runs.
    """
    call, party = await calls.own_live(actor, room_id)
    require_side(party.side, "call.disconnect")
    people = [party.user_id for party in call.parties]
    ending.finish(calls, call, Event.DISCONNECT, actor)
    await asyncio.gather(*(call.room.leave(user_id) for user_id in people))
    if call.ending:
        await asyncio.wait({call.ending}, timeout=SETTLE_SECONDS)
    return call.state.duration_seconds


async def remove(calls: Calls, actor: Actor, room_id: str, user_id: str) -> None:
    """The provider takes somebody out, or an invitation back."""
    call, remover = await calls.own_live(actor, room_id)
    require_side(remover.side, "call.invite")
    if guest := call.invitee(user_id):
        stay_away(calls, call, guest, "cancelled", actor)
        return
    party = call.party(user_id)
    if party is None:
        raise NotFound("unknown_participant")
    if participants.ends_the_call(party.side):
        raise NotAllowed("forbidden", reason="removal", side=party.side)
    _take_out(calls, call, party, "removed", actor, remover.side)


def expel(calls: Calls, user_id: str, event: Event = Event.FAILURE) -> None:
    """Somebody may no longer be in a call: they are out, whichever page or socket they have.
    `event`: what that is to a call that does not go on without them.
    """
    for call in calls.live():
        for party in [party for party in call.people if party.user_id == user_id]:
            if participants.ends_the_call(party.side):
                ending.happen(calls, call, event)
            elif party.invitation:
                stay_away(calls, call, party, "cancelled", None)
            else:
                _take_out(calls, call, party, "removed", None, None)


def stay_away(
    calls: Calls, call: LiveCall, guest: Party, reason: Absence, actor: Actor | None
) -> None:
    """Their invitation into a call that runs is over without them.

    `actor` is none where nobody brought that about.
    """
    guest.stop_timers()
    call.people.remove(guest)
    absentee = Absentee(user_id=guest.user_id, name=guest.name, role=guest.side, reason=reason)
    call.absent[guest.user_id] = absentee
    announcements.close_invitation(calls.hub, call, guest, _CLOSED[reason])
    announcements.tell_participants(call)
    calls.ledger.left(call, actor, guest, _LEFT[reason], calls.clock.now())


def _take_out(
    calls: Calls,
    call: LiveCall,
    guest: Party,
    reason: LeaveReason,
    actor: Actor | None,
    by: Side | None,
) -> None:
    """They hear it before their media stops, so that their page shows no fault."""
    guest.stop_timers()
    call.people.remove(guest)
    call.gone[guest.user_id] = ended = views.ended_for(call, reason, by, calls.clock.moment())
    announcements.tell(calls.hub, call, guest.user_id, ended)
    guest.socket = None
    call.capture.pause_lifted(guest.user_id)
    announcements.tell_participants(call)
    calls.ledger.left(call, actor, guest, reason, calls.clock.now())
    calls.background.spawn(call.room.leave(guest.user_id))
    calls.background.spawn(recording.adjust(call))
