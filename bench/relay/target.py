"""What a server must be able to do to be measured."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from bench.relay.scenario import Scenario
from relay.load.generator import Generator

JOINS_AT_ONCE = 8
"""Participants who join at the same time; more only queue up on the client's side (measured)."""

_Joined = TypeVar("_Joined")


class Target(Protocol):
    """One server process. Its clients go into the generator that it was made with."""

    name: str
    pid: int
    """What CPU and memory are read of."""

    async def start(self) -> None:
        """Run the server until it can be joined. Raises TimeoutError."""

    async def join(self, scenario: Scenario, room: str) -> None:
        """Connect all participants of one room. Raises ConnectionError or TimeoutError."""

    async def record(self, room: str) -> None:
        """Begin to record everybody in the room, where that has not begun with joining."""

    async def close(self) -> None:
        """End the server."""


MakeTarget = Callable[[Generator], Target]


class Joining:
    """Lets only so many participants join at the same time, whatever the rooms."""

    def __init__(self) -> None:
        self._gate = asyncio.Semaphore(JOINS_AT_ONCE)

    async def each(self, joins: "list[Awaitable[_Joined]]") -> list[_Joined]:
        """The results in order."""
        return list(await asyncio.gather(*map(self._one, joins)))

    async def _one(self, join: Awaitable[_Joined]) -> _Joined:
        async with self._gate:
            return await join
