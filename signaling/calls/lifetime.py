"""How a server begins, with what an earlier one left, and how it stops, with everybody told."""

from signaling.calls import ending, quality
from signaling.calls.calls import Calls
from signaling.calls.rooms import Rooms
from signaling.calls.settings import CallSettings
from signaling.calls.state import Event
from signaling.kernel.background import Deadline
from signaling.kernel.clock import Clock
from signaling.kernel.hub import Hub
from signaling.recordings import Recordings
from storage.database import Database

QUALITY_SECONDS = 2.0
SILENCE_SECONDS = 0.5
CLOSE_SECONDS = 15.0  # all calls together; see the `stop_grace_period` in compose.yaml


async def open_calls(
    settings: CallSettings,
    database: Database,
    relay: Rooms,
    hub: Hub,
    recordings: Recordings,
    clock: Clock,
) -> Calls:
    """End what an earlier run left (failed, server_restart) and recover its torn recordings."""
    calls = Calls(settings, database, relay, hub, recordings, clock)
    await ending.end_left(calls)
    await recordings.recover()
    _sample_quality(calls)
    _notice_silence(calls)
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


def _sample_quality(calls: Calls) -> None:
    for call in calls.live():
        quality.sample(call, calls.clock.moment())
    calls.ticks["quality"] = calls.clock.call_later(QUALITY_SECONDS, lambda: _sample_quality(calls))


def _notice_silence(calls: Calls) -> None:
    for call in calls.live():
        quality.notice_silence(call, calls.clock.moment())
    calls.ticks["silence"] = calls.clock.call_later(SILENCE_SECONDS, lambda: _notice_silence(calls))
