"""How a server begins, with what an earlier one left, and how it stops, with everybody told."""

import logging
from collections.abc import Callable
from functools import partial

from signaling.calls import ending, quality
from signaling.calls.calls import Calls
from signaling.calls.live import LiveCall
from signaling.calls.rooms import Rooms
from signaling.calls.settings import CallSettings
from signaling.calls.state import Event
from signaling.kernel.background import Deadline
from signaling.kernel.clock import Clock, Moment
from signaling.kernel.hub import Hub
from signaling.recordings import Recordings
from signaling.recordings.retention import Withdrawals
from storage.database import Database

log = logging.getLogger(__name__)

QUALITY_SECONDS = 2.0
SILENCE_SECONDS = 0.5
CLOSE_SECONDS = 15.0  # all calls together; see the `stop_grace_period` in compose.yaml


async def open_calls(
    settings: CallSettings,
    database: Database,
    relay: Rooms,
    hub: Hub,
    recordings: Recordings,
    withdrawals: Withdrawals,
    clock: Clock,
) -> Calls:
    """End what an earlier run left (failed, server_restart) and recover its torn recordings."""
    calls = Calls(settings, database, relay, hub, recordings, withdrawals, clock)
    await ending.end_left(calls)
    await recordings.recover()
    _tick(calls, "quality", QUALITY_SECONDS, partial(quality.sample, calls.ledger))
    _tick(calls, "silence", SILENCE_SECONDS, partial(quality.notice_silence, calls.ledger))
    return calls


async def close(calls: Calls) -> None:
    """Running calls end as failed/server_restart, everybody is told, recordings are sealed.

    All at once and within CLOSE_SECONDS; what could not be written by then is in the log.
    """
    calls.stopping = True
    for tick in calls.ticks.values():
        tick.cancel()
    for call in calls.live():
        ending.finish(calls, call, Event.SERVER_RESTART)
    deadline = Deadline.after(CLOSE_SECONDS)
    await calls.background.drain(deadline.left)
    await calls.recordings.background.drain(deadline.left)
    await calls.ledger.journals.written(deadline.left)
    await calls.ledger.journals.give_up()


def _tick(calls: Calls, name: str, seconds: float, act: Callable[[LiveCall, Moment], None]) -> None:
    """Again and again for each call. The next time is settled first, and a fault in one call is a
    fault of ours that holds up no other.
    """
    calls.ticks[name] = calls.clock.call_later(seconds, lambda: _tick(calls, name, seconds, act))
    for call in calls.live():
        try:
            act(call, calls.clock.moment())
        except Exception:
            log.exception("the %s of a call cannot be told", name)
