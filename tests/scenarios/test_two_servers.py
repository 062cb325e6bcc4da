"""Two servers on one PostgreSQL and one folder: whatever happens to one of them,
the other's calls do not notice.
"""

import asyncio
import random
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE
from tests.scenarios.playing import decoded
from tests.scenarios.server_process import Person, ServerProcess, person, serve
from tests.support.effort import effort
from tests.support.postgresql import PostgreSQL
from tests.talking import Conversation, talking

LEASE_SECONDS = 8
SEED = 8
KILLS = effort(1, long=12)
LATEST_SECONDS = 6.0

pytestmark = pytest.mark.timeout(effort(180, long=1200))


@dataclass
class Site:
    """What two servers share."""

    folder: Path
    url: str

    @asynccontextmanager
    async def server(self, name: str) -> AsyncIterator[ServerProcess]:
        """That server, or its next start."""
        storage = f'database_url = "{self.url}"\nlease_seconds = {LEASE_SECONDS}'
        async with serve(
            self.folder / name, storage=storage, shared=self.folder / "shared"
        ) as server:
            yield server


@pytest.fixture
async def site(postgresql: PostgreSQL, tmp_path: Path) -> Site:
    return Site(tmp_path, await postgresql.new_database())


@dataclass
class RecordedCall:
    """Two who talk on one server, and are recorded."""

    room_id: str
    provider: Person
    patient: Person
    conversation: Conversation


@asynccontextmanager
async def recorded_call(server: ServerProcess, name: str) -> AsyncIterator[RecordedCall]:
    async with (
        person(server, "provider", f"provider of {name}") as provider,
        person(server, "patient", f"patient of {name}") as patient,
    ):
        await patient.hear("welcome")
        initiated = await provider.post(
            "call/initiate", patient_id=patient.user_id, recording_enabled=True
        )
        room_id = initiated["room_id"]
        await provider.join(room_id)
        await patient.post("call/accept", room_id=room_id, recording_consent=True)
        await patient.join(room_id)
        await provider.hear("recording_state", state="recording")
        async with talking(provider.client, patient.client) as conversation:
            yield RecordedCall(room_id, provider, patient, conversation)


async def recording_of(compliance: Person, room_id: str) -> dict[str, Any]:
    found = (await compliance.get("recordings"))["recordings"]
    [recording] = [recording for recording in found if recording["room_id"] == room_id]
    return dict(recording)


async def recovered(compliance: Person, room_id: str) -> dict[str, Any]:
    """The recording, once it is as complete as it can be."""
    async with asyncio.timeout(PATIENCE + LEASE_SECONDS):
        recording = await recording_of(compliance, room_id)
        while recording["state"] == "recording":
            await asyncio.sleep(0.1)
            recording = await recording_of(compliance, room_id)
    assert recording["state"] == "recovered"
    return recording


async def closed(asking: Person, room_id: str) -> dict[str, Any]:
    """The call of a server that was killed, once somebody has ended it."""
    async with asyncio.timeout(PATIENCE + LEASE_SECONDS):
        call = await asking.get(f"calls/{room_id}")
        while call["call_status"] in {"initiated", "active"}:
            await asyncio.sleep(0.1)
            call = await asking.get(f"calls/{room_id}")
    assert (call["call_status"], call["end_reason"]) == ("failed", "server_restart")
    return call


def facts(call: dict[str, Any]) -> dict[str, Any]:
    """All but whether there is something to play by now."""
    return {name: value for name, value in call.items() if name != "has_recording"}


async def is_undisturbed(call: RecordedCall, compliance: Person) -> None:
    assert (await compliance.get(f"calls/{call.room_id}"))["call_status"] == "active"
    assert (await recording_of(compliance, call.room_id))["state"] == "recording"


async def is_complete(call: RecordedCall, compliance: Person) -> None:
    """It ends as every call does, and nothing of it is missing."""
    said = min(speaker.seconds for speaker in call.conversation.speakers)
    await call.provider.post("call/end", room_id=call.room_id)
    recording = await recording_of(compliance, call.room_id)
    assert recording["state"] == "complete"
    detail = await compliance.get(f"recordings/{recording['recording_id']}")
    assert [part["state"] for part in detail["parts"]] == ["sealed", "sealed"]
    assert all(part["losses"]["lost_packets"] == 0 for part in detail["parts"])
    for pictures, sounds in (await decoded(compliance, recording)).values():
        assert min(pictures, sounds) > said - 1


async def is_saved(compliance: Person, room_id: str, said: float) -> None:
    """But for the second that a kill costs, and what a busy machine had still to write."""
    recording = await recovered(compliance, room_id)
    for pictures, sounds in (await decoded(compliance, recording)).values():
        assert min(pictures, sounds) > said - 3


async def doctor(server: ServerProcess) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "signaling.cli", "doctor", "--config", str(server.folder / "config.toml")),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    return output.decode()


def nothing_is_left_over(site: Site) -> None:
    files = [
        path.name for path in (site.folder / "shared" / "data" / "recordings").rglob("*.part*")
    ]
    assert files
    assert all(re.fullmatch(r"[0-9a-f]{32}\.part", name) for name in files), files


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
                said = min(speaker.seconds for speaker in lost.conversation.speakers)
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
            said = min(speaker.seconds for speaker in lost.conversation.speakers)
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


async def call_until_killed(server: ServerProcess, name: str) -> None:
    async with recorded_call(server, name):
        await asyncio.Event().wait()
