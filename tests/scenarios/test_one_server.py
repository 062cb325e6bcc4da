"""One server on SQLite, killed, standing still, or started twice: it alone has its folder, and what
an earlier run left is finished once.
"""

import asyncio
import random
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.scenarios.server_process import ServerProcess, person
from tests.scenarios.site import (
    NAMES,
    Site,
    all_is_finished_once,
    call_until_killed,
    is_complete,
    is_undisturbed,
    nothing_is_left_over,
    recorded_call,
    settled,
)
from tests.support.effort import effort

SEED = 10
KILLS = effort(2, long=15)
LATEST_SECONDS = 6.0

pytestmark = pytest.mark.timeout(effort(180, long=1200))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path, f"sqlite+aiosqlite:///{tmp_path}/shared/data/carelay.sqlite3")


async def gives_up(server: ServerProcess) -> bool:
    """Whether it is not the one that serves."""
    ready, gone = asyncio.create_task(server.ready()), asyncio.create_task(server.process.wait())
    async with asyncio.timeout(PATIENCE):
        await asyncio.wait({ready, gone}, return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    gone.cancel()
    await asyncio.gather(ready, gone, return_exceptions=True)
    return server.process.returncode == 1


async def test_whenever_it_is_killed_its_next_start_finishes_what_it_left_once(site: Site) -> None:
    """At moments drawn by a seeded generator, also while it recovers what the one before left."""
    drawn = random.Random(SEED)
    for number in range(KILLS):
        async with site.server("first") as server:
            call = asyncio.create_task(call_until_killed(server, f"call {number}"))
            await asyncio.sleep(drawn.uniform(0, LATEST_SECONDS))  # the moment is the point
            await server.kill()
            call.cancel()
            await asyncio.wait({call})
    async with site.server("first") as server, person(server, "compliance") as compliance:
        await all_is_finished_once(site, compliance)
        async with recorded_call(server, "call 0") as next_one:  # who are free again
            await next_one.conversation.lasts(1)
            await is_complete(next_one, compliance)
    nothing_is_left_over(site)


async def test_of_two_that_start_at_once_one_serves(site: Site) -> None:
    for _ in range(effort(1, long=10)):
        async with AsyncExitStack() as closing:
            servers = [await closing.enter_async_context(site.started(name)) for name in NAMES]
            gave_up = [await gives_up(server) for server in servers]
            assert sorted(gave_up) == [False, True]
            [loser] = [server for server, gave in zip(servers, gave_up, strict=True) if gave]
            assert "Another carelay server" in (loser.folder / "log").read_text()


async def test_one_that_stands_still_is_not_taken_over(site: Site) -> None:
    async with (
        site.server("first") as first,
        recorded_call(first, "first") as call,
        person(first, "compliance") as compliance,
    ):
        await call.conversation.lasts(1)
        first.process.send_signal(signal.SIGSTOP)
        async with site.started("second") as second:
            assert await gives_up(second)
        first.process.send_signal(signal.SIGCONT)
        await is_undisturbed(call, compliance)
        await call.provider.post("call/end", room_id=call.room_id)
        assert (await settled(compliance, call.room_id))["state"] == "complete"
    nothing_is_left_over(site)
