"""A clock that a test sets forward by hand."""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from signaling.kernel.clock import Moment

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class ManualTimer:
    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class ManualClock:
    """signaling.kernel.clock.Clock; time stands still but for `advance` and `leap`."""

    def __init__(self) -> None:
        self._now = START
        self._set_by = timedelta()
        self._order = itertools.count()
        self._timers: list[tuple[datetime, int, ManualTimer]] = []

    def now(self) -> datetime:
        return self._now + self._set_by

    def moment(self) -> Moment:
        return Moment(self.now(), (self._now - START).total_seconds())

    def set(self, seconds: float) -> None:
        """As an administrator or NTP does: only the wall clock moves."""
        self._set_by += timedelta(seconds=seconds)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> ManualTimer:
        timer = ManualTimer(callback)
        heapq.heappush(
            self._timers, (self._now + timedelta(seconds=seconds), next(self._order), timer)
        )
        return timer

    async def advance(self, seconds: float) -> None:
        """Let that much time pass; every timer on the way fires at its own moment."""
        end = self._now + timedelta(seconds=seconds)
        while self._timers and self._timers[0][0] <= end:
            self._now, _, timer = heapq.heappop(self._timers)
            if timer.callback is not None:
                timer.callback()
                await asyncio.sleep(0)
        self._now = end

    async def leap(self, seconds: float) -> None:
        """As a machine that slept so long: whatever was due meanwhile fires afterwards, once.

        An hour of `advance` takes a second or two, as all that is done again and again is done as
        often as in a real one.
        """
        self._now += timedelta(seconds=seconds)
        due = [
            timer for at, _, timer in sorted(self._timers, key=lambda it: it[:2]) if at <= self._now
        ]
        self._timers = [timer for timer in self._timers if timer[0] > self._now]
        heapq.heapify(self._timers)
        for timer in due:
            if timer.callback is not None:
                timer.callback()
                await asyncio.sleep(0)
