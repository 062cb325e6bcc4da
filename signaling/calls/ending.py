"""A call is over: that takes effect at once, and is written and tidied up behind it.

It waits for no database and no disk.
"""

import logging

from signaling.calls import announcements, emergencies, quality
from signaling.calls import state as callstate
from signaling.calls.calls import Calls
from signaling.calls.live import LiveCall
from signaling.calls.state import Event
from signaling.kernel.actor import Actor

log = logging.getLogger(__name__)


def finish(calls: Calls, call: LiveCall, event: Event, actor: Actor | None = None) -> None:
    """`actor` is none where the server itself ends it. Raises Conflict or NotAllowed (state.py).

    Everybody hears it before their media stops, so that no page shows a fault.
    """
    party = call.party(actor.user_id) if actor else None
    call.state = callstate.after(
        call.state, event, calls.clock.moment(), party.side if party else None
    )
    calls.end(call)
    call.stop_timers()
    announcements.tell_over(calls.hub, call)
    calls.ledger.over(call, actor, call.state, quality.outcome(call, calls.clock.moment()))
    call.ending = calls.background.spawn(_dismantle(calls, call))


def happen(calls: Calls, call: LiveCall, event: Event) -> None:
    """It ends by itself, unless that means nothing any more: timers fire as calls change."""
    back = event is Event.PARTICIPANT_LOST and all(party.connected for party in call.required)
    if callstate.possible(call.state, event) and not back:
        finish(calls, call, event)


async def end_left(calls: Calls) -> None:
    """End the calls of servers that are no more, and take on what they were told of emergencies.

    Raises DatabaseUnavailable.
    """
    closed = await calls.ledger.close_left_behind(calls.clock.moment())
    if closed:
        log.warning("closed %d calls that their server left unfinished", len(closed))
    await emergencies.take_on(calls, closed)


async def end_unknown(calls: Calls) -> bool:
    """The same, also of calls of this server that it does not know of; whether there were any.

    The commit of such a call was not answered, so that it never rang, or its end was not written.
    """
    closed = await calls.ledger.close_left_behind(calls.clock.moment(), calls.rooms())
    if not closed:
        return False
    log.warning("closed %d calls that only the database knew", len(closed))
    await emergencies.take_on(calls, closed)
    return True


async def _dismantle(calls: Calls, call: LiveCall) -> None:
    await call.capture.close()
    await calls.relay.close_room(call.room_id)
    await call.capture.finish()
    await call.journal.settled()
    calls.forget(call)
