"""A recorded call, from the invitation to what compliance staff hear and see of it."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import to_builtins

from signaling.recordings.resources import Losses
from tests.scenarios.playing import decoded
from tests.scenarios.server_process import Person, ServerProcess, person, serve
from tests.support.effort import effort
from tests.talking import talking

TALK_SECONDS = effort(4.0, long=180.0)
NOTHING_LOST = to_builtins(Losses())


@asynccontextmanager
async def call(
    server: ServerProcess, *, consent: bool
) -> AsyncIterator[tuple[str, Person, Person]]:
    """Provider and patient in a call that was announced as recorded."""
    async with person(server, "patient") as patient, person(server, "provider") as provider:
        await patient.hear("welcome")
        initiated = await provider.post(
            "call/initiate", patient_id="patient", recording_enabled=True
        )
        room_id = initiated["room_id"]
        assert (await patient.hear("call_invitation"))["recording_enabled"] is True
        await provider.join(room_id)
        await patient.post("call/accept", room_id=room_id, recording_consent=consent)
        await patient.join(room_id)
        yield room_id, provider, patient


async def test_a_call_is_recorded_and_compliance_plays_it(tmp_path: Path) -> None:
    async with serve(tmp_path / "server") as server, person(server, "compliance") as compliance:
        async with call(server, consent=True) as (room_id, provider, patient):
            await provider.hear("recording_state", state="recording")
            async with talking(provider.client, patient.client) as conversation:
                await conversation.lasts(TALK_SECONDS)
            ended = await provider.post("call/end", room_id=room_id)
            assert ended["duration_minutes"] == ended["duration_seconds"] // 60
            assert ended["duration_seconds"] >= 1
            assert (await patient.hear("call_ended"))["reason"] == "hung_up"
        [recording] = (await compliance.get("recordings"))["recordings"]
        assert recording["state"] == "complete"
        for pictures, sounds in (await decoded(compliance, recording)).values():
            assert min(pictures, sounds) > TALK_SECONDS - 1
        log = (await compliance.get(f"recordings/{recording['recording_id']}"))["access_log"]
        assert "recording.played" in [entry["action"] for entry in log]
        assert await server.stop() == 0


async def test_a_server_that_was_stopped_for_a_while_records_what_came_in_the_meantime(
    tmp_path: Path,
) -> None:
    """SIGSTOP, as a suspended virtual machine; the kernel keeps what arrives,
    if there is room for it.
    """
    async with serve(tmp_path / "server") as server, person(server, "compliance") as compliance:
        async with call(server, consent=True) as (room_id, provider, patient):
            await provider.hear("recording_state", state="recording")
            async with talking(provider.client, patient.client) as conversation:
                await conversation.lasts(2)
                server.process.send_signal(signal.SIGSTOP)
                await conversation.lasts(4)
                server.process.send_signal(signal.SIGCONT)
                await conversation.lasts(6)
            await provider.post("call/end", room_id=room_id)
        [recording] = (await compliance.get("recordings"))["recordings"]
        detail = await compliance.get(f"recordings/{recording['recording_id']}")
        for part in detail["parts"]:
            assert part["losses"] == {**NOTHING_LOST, "silence_ms": part["losses"]["silence_ms"]}
            assert part["losses"]["silence_ms"] <= 100
        for pictures, sounds in (await decoded(compliance, recording)).values():
            assert abs(pictures - sounds) < 0.3
            assert min(pictures, sounds) > 5


async def test_without_consent_nothing_is_kept(tmp_path: Path) -> None:
    async with serve(tmp_path / "server") as server, person(server, "compliance") as compliance:
        async with call(server, consent=False) as (room_id, provider, patient):
            async with talking(provider.client, patient.client) as conversation:
                await conversation.lasts(1)
                await patient.client.receive()
            await patient.say("call_end", room_id=room_id)
            await provider.hear("call_ended")
        assert (await compliance.get("recordings"))["recordings"] == []
        assert (await compliance.get("calls"))["calls"][0]["recording_consent_given"] is False
    assert list((tmp_path / "server").rglob("*.part*")) == []


async def test_a_killed_server_keeps_what_was_recorded_until_shortly_before(tmp_path: Path) -> None:
    async with (
        serve(tmp_path / "server") as server,
        call(server, consent=True) as (room_id, provider, patient),
    ):
        await provider.hear("recording_state", state="recording")
        async with talking(provider.client, patient.client) as conversation:
            await conversation.lasts(TALK_SECONDS + 2)
            await server.kill()
    async with serve(tmp_path / "server") as server, person(server, "compliance") as compliance:
        async with asyncio.timeout(30):
            [recording] = (await compliance.get("recordings"))["recordings"]
            while recording["state"] != "recovered":
                [recording] = (await compliance.get("recordings"))["recordings"]
                await asyncio.sleep(0.1)
        played = await decoded(compliance, recording)
        assert set(played) == {"provider", "patient"}
        for pictures, sounds in played.values():
            # A second for the disk, a cluster, and a busy machine.
            assert min(pictures, sounds) > TALK_SECONDS - 1.5
        found = await compliance.get(f"calls/{room_id}")
        assert (found["call_status"], found["end_reason"]) == ("failed", "server_restart")
