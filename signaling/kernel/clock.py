"""Time as the calls see it: one seam, so that a test can let 45 seconds pass at once."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Timer(Protocol):
    """Something that will happen unless it is cancelled."""

    def cancel(self) -> None:
        """Cancelling twice, or after it has happened, does nothing."""


@dataclass(frozen=True)
class Moment:
    """One instant on two clocks: `at` tells when, and is set now and then;
    only `steady` tells how long.
    """

    at: datetime
    """UTC."""
    steady: float
    """Seconds of a clock that nobody sets."""

    def after(self, seconds: float) -> "Moment":
        """The moment that many seconds later, or earlier if negative."""
        return Moment(self.at + timedelta(seconds=seconds), self.steady + seconds)

    def seen_at(self, steady: float) -> datetime:
        """When something was, or will be, as the clock of this moment tells it."""
        return self.at + timedelta(seconds=steady - self.steady)


class Clock(Protocol):
    """Wall clock and timers."""

    def now(self) -> datetime:
        """UTC."""

    def moment(self) -> Moment:
        """Now, on both clocks."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Run `callback` on the event loop after `seconds`."""


class SystemClock:
    """The machine's clock and the running event loop's timers."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def moment(self) -> Moment:
        return Moment(self.now(), time.monotonic())

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(seconds, callback)


async def sleep(clock: Clock, seconds: float) -> None:
    """asyncio.sleep by that clock."""
    done = asyncio.Event()
    timer = clock.call_later(seconds, done.set)
    try:
        await done.wait()
    finally:
        timer.cancel()
