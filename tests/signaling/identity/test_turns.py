"""Turns are shared out fairly."""

import asyncio

import pytest

from signaling.identity.turns import CrowdedError, Turns


class Line:
    """People who ask for a turn, and the order in which they got one."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.served: list[str] = []
        self.may_end = asyncio.Event()

    async def ask(self, name: str, *, preferred: bool = False) -> None:
        """`name` begins with the key."""
        async with self._turns.one(name[0], preferred=preferred):
            self.served.append(name)
            await self.may_end.wait()

    async def begin(self, *names: str) -> list[asyncio.Task[None]]:
        """They ask in that order; capitals are preferred."""
        tasks = [asyncio.create_task(self.ask(name, preferred=name[0].isupper())) for name in names]
        await asyncio.sleep(0)
        return tasks


async def test_each_key_has_its_turn_and_the_preferred_come_first() -> None:
    line = Line(Turns(1, 10))
    tasks = await line.begin("a1", "a2", "a3", "a4", "b1", "b2", "c1", "X1", "X2")
    line.may_end.set()
    await asyncio.gather(*tasks)
    assert line.served == ["a1", "X1", "X2", "a2", "b1", "c1", "a3", "b2", "a4"]


async def test_as_many_as_allowed_at_once() -> None:
    line = Line(Turns(2, 10))
    tasks = await line.begin("a1", "a2", "a3")
    assert line.served == ["a1", "a2"]
    line.may_end.set()
    await asyncio.gather(*tasks)
    assert line.served == ["a1", "a2", "a3"]


async def test_whoever_asks_most_gives_way_when_it_is_crowded() -> None:
    line = Line(Turns(1, 3))
    tasks = await line.begin("a1", "a2", "a3", "a4", "b1", "c1")
    line.may_end.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert line.served == ["a1", "a2", "b1", "c1"]
    assert [isinstance(result, CrowdedError) for result in results] == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]


async def test_one_who_leaves_as_it_gets_crowded_makes_room() -> None:
    line = Line(Turns(1, 2))
    first, second, third = await line.begin("a1", "a2", "a3")
    new = asyncio.create_task(line.ask("b1"))
    third.cancel()
    line.may_end.set()
    await asyncio.gather(first, second, new)
    with pytest.raises(asyncio.CancelledError):
        await third
    assert line.served == ["a1", "a2", "b1"]


async def test_who_goes_away_holds_up_nobody() -> None:
    turns = Turns(1, 10)
    line = Line(turns)
    first, waiting, last = await line.begin("a1", "b1", "c1")
    waiting.cancel()
    first.cancel()
    line.may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await last
    assert line.served == ["a1", "c1"]
    async with turns.one("d"):
        pass


async def test_a_turn_that_came_as_its_owner_left_is_passed_on() -> None:
    line = Line(Turns(1, 10))
    _, second, third = await line.begin("a1", "b1", "c1")
    line.may_end.set()
    await asyncio.sleep(0)
    second.cancel()
    await third
    assert line.served[-1] == "c1"
