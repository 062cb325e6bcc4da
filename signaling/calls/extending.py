"""The provider lets a call last longer than calls do."""

from datetime import datetime

from signaling.calls import timers
from signaling.calls.calls import Calls
from signaling.calls.messages import CallExtended
from signaling.config.sections import MOST_EXTENSION_MINUTES
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Conflict
from signaling.kernel.permissions import require_side


async def extend(calls: Calls, actor: Actor, room_id: str, minutes: int) -> datetime:
    """When it ends by itself from now on, which everybody is told.

    Raises NotAllowed for anybody but its provider, Conflict while it rings or where it would be too
    long.
    """
    call, party = await calls.own_live(actor, room_id)
    require_side(party.side, "call.extend")
    if call.ends is None:
        raise Conflict("call_still_ringing", reason="extend")
    if call.crisis is not None:
        raise Conflict("crisis_stands")
    if call.extended_minutes + minutes > MOST_EXTENSION_MINUTES:
        left = MOST_EXTENSION_MINUTES - call.extended_minutes
        raise Conflict("call_extended_enough", limit=MOST_EXTENSION_MINUTES, left=left)
    call.extended_minutes += minutes
    call.ends = call.ends.after(60.0 * minutes)
    timers.limit(calls, call)
    now = calls.clock.moment()
    ends_at = now.seen_at(call.ends.steady)
    call.send(
        CallExtended(room_id=call.room_id, server_time=now.at, ends_at=ends_at, minutes=minutes)
    )
    calls.ledger.extended(call, actor, minutes, now.at)
    return ends_at
