"""A crisis in a call: from an emergency that somebody raises until its provider says that it is
over, the call does not end by itself.
"""

from signaling.calls import emergencies, timers
from signaling.calls.calls import Calls
from signaling.calls.resources import EmergencyRaised
from signaling.kernel.actor import Actor
from signaling.kernel.errors import NotFound
from signaling.kernel.permissions import require_side


async def begin(calls: Calls, actor: Actor, room_id: str) -> EmergencyRaised:
    """Somebody in the call raises an emergency."""
    raised = await emergencies.alert(calls, actor, room_id)
    call = calls.find(room_id)
    if call is not None and call.crisis is None:
        call.crisis = calls.clock.moment()
        timers.freeze(calls, call)
    return raised


async def end(calls: Calls, actor: Actor, room_id: str) -> None:
    """Its provider says that the crisis is over: the call has a limit again. Whether somebody of
    the staff has taken the alert on is another matter.

    Raises NotAllowed for anybody else, NotFound if there is none.
    """
    call, party = await calls.own_live(actor, room_id)
    require_side(party.side, "call.crisis")
    since = call.crisis
    if since is None:
        raise NotFound("no_crisis")
    call.crisis = None
    timers.thaw(calls, call, since)
    calls.ledger.crisis_over(call, actor, calls.clock.now())
