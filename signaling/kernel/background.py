"""Work that nobody waits for, work that is done again and again, and how long to wait for all of
it in the end.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from signaling.kernel.clock import Clock, SystemClock, sleep

log = logging.getLogger(__name__)

AFTER_A_FAULT_SECONDS = 1.0


class Background:
    """Keeps its tasks alive, logs what they raise, and can wait for all of them."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work`. An exception in it is a bug of ours: it is logged
        and nothing else is hurt.
        """
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("background work failed", exc_info=error)

    # What is cut off here is logged, not raised.
    async def drain(self, timeout: float) -> None:  # noqa: ASYNC109
        """Wait for all of it, also for what begins meanwhile;
        what is left after `timeout` seconds is cancelled.
        """
        deadline = Deadline.after(timeout)
        while self._tasks and (left := deadline.left):
            await asyncio.wait(self._tasks, timeout=left)
        for task in self._tasks:
            log.warning("background work cut off: %s", task.get_name())
            task.cancel()


async def repeat(
    work: Callable[[], Awaitable[object]],
    seconds: float,
    what: str,
    clock: Clock | None = None,
) -> None:
    """Until cancelled: do the work, pause that long, and do it again.

    What it raises is a bug of ours. It is logged, each kind once, and ends nothing: what is done
    again and again is what everybody relies on. `what` names the work in the log.
    """
    by, told = clock or SystemClock(), None
    while True:
        pause = seconds
        try:
            await work()
            told = None
        except Exception as error:
            if told != (told := repr(error)):
                log.exception("%s failed, and is tried again", what)
            pause = max(seconds, AFTER_A_FAULT_SECONDS)
        await sleep(by, pause)


@dataclass(frozen=True)
class Deadline:
    """One for several waits in a row."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """From now on."""
        return cls(asyncio.get_running_loop().time() + seconds)

    @property
    def left(self) -> float:
        """In seconds, 0 once it has passed."""
        return max(0.0, self.at - asyncio.get_running_loop().time())
