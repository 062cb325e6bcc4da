"""Two servers on one PostgreSQL and one folder, of which both are killed or stand still:
whatever they left is finished, by one of them, once.
"""

import asyncio
import random
import signal

import pytest

from tests.patience import PATIENCE
from tests.scenarios.server_process import person
from tests.scenarios.site import (
    LEASE_SECONDS,
    NAMES,
    Site,
    all_is_finished_once,
    call_until_killed,
    closed,
    is_complete,
    is_saved,
    is_undisturbed,
    nothing_is_left_over,
    recorded_call,
)
from tests.support.effort import effort

SEED = 9
ROUNDS = effort(1, long=10)
LATEST_SECONDS = 6.0

pytestmark = pytest.mark.timeout(effort(180, long=1200))


async def test_what_both_left_is_finished_once(site: Site) -> None:
    """Killed at moments drawn by a seeded generator, and started again at once."""
    drawn = random.Random(SEED)
    for number in range(ROUNDS):
        async with site.both() as servers:
            calls = [
                asyncio.create_task(call_until_killed(server, f"{name} {number}"))
                for name, server in zip(NAMES, servers, strict=True)
            ]
            await asyncio.sleep(drawn.uniform(1, LATEST_SECONDS))  # the moment is the point
            await asyncio.gather(*(server.kill() for server in servers))
            for call in calls:
                call.cancel()
            await asyncio.wait(calls)
    async with site.both() as (first, second), person(first, "compliance") as compliance:
        await all_is_finished_once(site, compliance)
        async with recorded_call(second, "first 0") as next_one:  # who are free again
            await next_one.conversation.lasts(1)
            await is_complete(next_one, compliance)
    nothing_is_left_over(site)


async def test_a_server_that_stands_still_while_it_starts_or_recovers_undoes_nothing(
    site: Site,
) -> None:
    """Whatever it was about to do, its neighbour has done by the time that it goes on."""
    drawn = random.Random(SEED)
    async with (
        site.server("second") as second,
        recorded_call(second, "second") as kept,
        person(second, "compliance") as compliance,
    ):
        for number in range(ROUNDS):
            name = f"first {number}"
            async with site.server("first") as first, recorded_call(first, name) as lost:
                await lost.conversation.lasts(3)
                said = lost.said
                await first.kill()
            async with site.started("first") as first:
                await asyncio.sleep(drawn.uniform(0.5, 3))  # the moment is the point
                first.process.send_signal(signal.SIGSTOP)
                await asyncio.sleep(1.2 * LEASE_SECONDS)
                first.process.send_signal(signal.SIGCONT)
                await closed(compliance, lost.room_id)
                await is_saved(compliance, lost.room_id, said)
                stops = asyncio.create_task(first.process.wait())
                serves = asyncio.create_task(first.ready())
                async with asyncio.timeout(PATIENCE):
                    await asyncio.wait({stops, serves}, return_when=asyncio.FIRST_COMPLETED)
                serves.cancel()
                await asyncio.wait({serves})
                assert not stops.done() or stops.result() == 1
            await is_undisturbed(kept, compliance)
        await all_is_finished_once(site, compliance, but=kept.room_id)
        await is_complete(kept, compliance)
    nothing_is_left_over(site)
