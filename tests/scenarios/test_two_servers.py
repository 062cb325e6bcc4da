"""Two servers on one PostgreSQL and one folder: whatever happens to one of them,
the other's calls do not notice.
"""

import asyncio
import random
import signal
import socket
import sys

import pytest

from tests.patience import PATIENCE
from tests.scenarios.server_process import ServerProcess, person
from tests.scenarios.site import (
    LEASE_SECONDS,
    Site,
    call_until_killed,
    closed,
    facts,
    is_complete,
    is_saved,
    is_undisturbed,
    nothing_is_left_over,
    recorded_call,
    recovered,
)
from tests.support.effort import effort
from tests.support.postgresql import PostgreSQL

SEED = 8
KILLS = effort(1, long=12)
LATEST_SECONDS = 6.0

pytestmark = pytest.mark.timeout(effort(180, long=1200))


async def doctor(server: ServerProcess) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "signaling.cli", "doctor", "--config", str(server.folder / "config.toml")),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    return output.decode()


@pytest.mark.parametrize("victim", ["first", "second"])
async def test_a_server_that_is_killed_and_started_again_finishes_its_own_and_nothing_else(
    site: Site, victim: str
) -> None:
    neighbour = "second" if victim == "first" else "first"
    async with site.server("first") as first, site.server("second") as second:
        servers = {"first": first, "second": second}
        async with recorded_call(servers[neighbour], neighbour) as kept:
            async with recorded_call(servers[victim], victim) as lost:
                await lost.conversation.lasts(4)
                said = lost.said
                await servers[victim].kill()
            async with site.server(victim) as again, person(again, "compliance") as compliance:
                await closed(compliance, lost.room_id)
                await is_saved(compliance, lost.room_id, said)
                await is_undisturbed(kept, compliance)
                async with recorded_call(again, victim) as next_one:  # its patient is free again
                    await next_one.conversation.lasts(1)
                    await is_complete(next_one, compliance)
                await is_complete(kept, compliance)
    nothing_is_left_over(site)


async def test_a_server_that_stays_away_is_taken_over_by_its_neighbour_once_its_lease_is_over(
    site: Site,
) -> None:
    async with (
        site.server("first") as first,
        site.server("second") as second,
        recorded_call(second, "second") as kept,
        person(second, "compliance") as compliance,
    ):
        async with recorded_call(first, "first") as lost:
            await lost.conversation.lasts(4)
            said = lost.said
            await first.kill()
            await is_undisturbed(lost, compliance)  # its lease is not over yet
        await closed(compliance, lost.room_id)
        told = await doctor(second)
        assert f"process {second.process.pid} on {socket.gethostname()} runs" in told
        assert f"process {first.process.pid} on {socket.gethostname()} does not run" in told
        await is_saved(compliance, lost.room_id, said)
        async with recorded_call(second, "first") as next_one:
            await next_one.conversation.lasts(1)
            await is_complete(next_one, compliance)
        await is_complete(kept, compliance)
    nothing_is_left_over(site)


async def test_a_server_that_stood_still_beyond_its_lease_stops_and_writes_nothing_more(
    site: Site,
) -> None:
    async with (
        site.server("first") as first,
        site.server("second") as second,
        recorded_call(second, "second") as kept,
        person(second, "compliance") as compliance,
    ):
        async with recorded_call(first, "first") as lost:
            await lost.conversation.lasts(3)
            first.process.send_signal(signal.SIGSTOP)
            call = await closed(compliance, lost.room_id)
            first.process.send_signal(signal.SIGCONT)
            async with asyncio.timeout(PATIENCE):
                assert await first.process.wait() == 1
        words = (first.folder / "log").read_text()
        assert "the lease of this server could not be renewed in time" in words
        assert "not written: call.failed of call" in words, "it has noticed that it was taken over"
        assert facts(await compliance.get(f"calls/{lost.room_id}")) == facts(call)
        await recovered(compliance, lost.room_id)
        await is_complete(kept, compliance)
    nothing_is_left_over(site)


async def test_a_server_cut_off_from_its_database_ends_its_calls_in_time(
    site: Site, postgresql: PostgreSQL
) -> None:
    async with site.server("first") as first, recorded_call(first, "first") as call:
        await call.conversation.lasts(1)
        postgresql.stop()
        async with asyncio.timeout(LEASE_SECONDS):
            assert (await call.patient.hear("call_ended"))["reason"] == "server_restart"
        async with asyncio.timeout(PATIENCE):
            assert await first.process.wait() == 1


async def test_whatever_is_killed_whenever_nothing_of_the_other_is_touched(site: Site) -> None:
    """At moments drawn by a seeded generator; `test-long` draws many."""
    drawn = random.Random(SEED)
    async with (
        site.server("second") as second,
        person(second, "compliance") as compliance,
        recorded_call(second, "second") as kept,
    ):
        for number in range(KILLS):
            victim = f"patient {number}"
            async with site.server("first") as first:
                talking_for = asyncio.create_task(call_until_killed(first, victim))
                await asyncio.sleep(drawn.uniform(0, LATEST_SECONDS))  # the moment is the point
                await first.kill()
                talking_for.cancel()
                await asyncio.wait({talking_for})
            await is_undisturbed(kept, compliance)
        async with site.server("first"):
            for call in (await compliance.get("calls"))["calls"]:
                if call["room_id"] != kept.room_id:
                    await closed(compliance, call["room_id"])
            for recording in (await compliance.get("recordings"))["recordings"]:
                if recording["room_id"] != kept.room_id:
                    await recovered(compliance, recording["room_id"])
        await is_complete(kept, compliance)
