"""Turns at something that only a few can have at once, shared out fairly among those who wait."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

Turn = asyncio.Future[None]


class CrowdedError(Exception):
    """Too many wait already."""


class Lane:
    """Who waits, by key: each key in its turn, and within a key in order of arrival."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[Turn]] = OrderedDict()
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, key: str, turn: Turn) -> None:
        """At the end of its key's queue."""
        self._waiting.setdefault(key, deque()).append(turn)
        self._length += 1

    def next(self) -> Turn:
        """Of the key that was not served for longest."""
        key, queue = next(iter(self._waiting.items()))
        self._waiting.move_to_end(key)
        return self._taken(key, queue.popleft())

    def last_of_longest(self) -> Turn:
        """The newest of whoever asks for most."""
        key = max(self._waiting, key=lambda key: len(self._waiting[key]))
        return self._taken(key, self._waiting[key].pop())

    def remove(self, key: str, turn: Turn) -> None:
        """It waits no longer; nothing happens if it did not."""
        if turn in self._waiting.get(key, ()):
            self._waiting[key].remove(turn)
            self._taken(key, turn)

    def _taken(self, key: str, turn: Turn) -> Turn:
        self._length -= 1
        if not self._waiting[key]:
            del self._waiting[key]
        return turn


class Turns:
    """`at_once` turns at a time.

    Of those who wait, `preferred` ones come first, then one of each key in rotation.
    """

    def __init__(self, at_once: int, most_waiting: int) -> None:
        self._free = at_once
        self._most_waiting = most_waiting
        self._preferred, self._others = Lane(), Lane()

    @asynccontextmanager
    async def one(self, key: str, *, preferred: bool = False) -> AsyncIterator[None]:
        """Waits for a turn.

        Raises CrowdedError, by then or later: whoever waits most often gives way first.
        """
        lane = self._preferred if preferred else self._others
        if self._free > 0:
            self._free -= 1
        else:
            await self._wait(lane, key)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, lane: Lane, key: str) -> None:
        turn: Turn = asyncio.get_running_loop().create_future()
        lane.add(key, turn)
        if len(lane) > self._most_waiting:
            self._turn_away(lane)
        try:
            await turn
        except asyncio.CancelledError:
            was_ours = turn.done() and not turn.cancelled() and turn.exception() is None
            if was_ours:
                self._pass_on()
            lane.remove(key, turn)
            raise

    @staticmethod
    def _turn_away(lane: Lane) -> None:
        """One who still waits; somebody who is leaving in this pass of the event loop makes room
        too.
        """
        victim = lane.last_of_longest()
        if not victim.done():
            victim.set_exception(CrowdedError())

    def _pass_on(self) -> None:
        for lane in (self._preferred, self._others):
            while lane:
                turn = lane.next()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._free += 1
