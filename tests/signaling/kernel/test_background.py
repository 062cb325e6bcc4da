"""Work that is done again and again goes on, whatever it raises."""

import asyncio
from collections.abc import Iterator

import pytest

from signaling.kernel.background import repeat
from tests.signaling.manual_clock import ManualClock


async def passed(clock: ManualClock, seconds: float) -> None:
    await clock.advance(seconds)
    for _ in range(3):
        await asyncio.sleep(0)


async def test_what_it_raises_is_told_once_and_ends_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, done = ManualClock(), list[str]()
    outcomes: Iterator[Exception | None] = iter(
        [None, KeyError("a"), KeyError("a"), ValueError("b"), None, KeyError("a"), None]
    )

    async def work() -> None:
        outcome = next(outcomes)
        done.append(repr(outcome))
        if outcome is not None:
            raise outcome

    task = asyncio.create_task(repeat(work, 5, "the work", clock))
    await passed(clock, 0)
    assert len(done) == 1
    for count in range(2, 8):
        await passed(clock, 4)
        assert len(done) == count - 1
        await passed(clock, 1)
        assert len(done) == count
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    messages = [record.getMessage() for record in caplog.records]
    assert messages == ["the work failed, and is tried again"] * 3
    assert all(record.exc_info for record in caplog.records)


async def test_work_that_fails_is_not_tried_all_the_time() -> None:
    clock, tried = ManualClock(), list[float]()

    async def work() -> None:
        tried.append(clock.moment().steady)
        raise KeyError

    task = asyncio.create_task(repeat(work, 0.1, "the work", clock))
    for _ in range(20):
        await passed(clock, 0.1)
    task.cancel()
    await asyncio.wait({task})
    assert len(tried) <= 3
