"""Work that nobody waits for: timers and relay events that lead to database changes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from signaling.clock import Clock, sleep
from storage.errors import DatabaseUnavailable

log = logging.getLogger(__name__)

RETRY_SECONDS = 5.0


class Background:
    """Keeps its tasks alive, logs what they raise, and can wait for all of them."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work`. An exception in it is a bug of ours: it is logged and nothing else is hurt."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("background work failed", exc_info=error)

    async def drain(self, timeout: float) -> None:  # noqa: ASYNC109 - what is cut off here is logged, not raised
        """Wait for all of it, also for what begins meanwhile; what is left after `timeout` seconds is cancelled."""
        deadline = asyncio.get_running_loop().time() + timeout
        while self._tasks:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                break
            await asyncio.wait(self._tasks, timeout=left)
        for task in self._tasks:
            log.warning("background work cut off: %s", task.get_name())
            task.cancel()


async def eventually(clock: Clock, write: Callable[[], Awaitable[None]]) -> None:
    """Do it now, or as soon as the database is back."""
    while True:
        try:
            return await write()
        except DatabaseUnavailable as error:
            log.warning("will be written later: %s", error)
        await sleep(clock, RETRY_SECONDS)
