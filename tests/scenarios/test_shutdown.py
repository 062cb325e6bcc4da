"""A server that is told to stop: all calls at once, within one deadline, and nobody unheard
until then.
"""

import asyncio
import json
from pathlib import Path

import aiohttp
import yaml

from tests.scenarios.server_process import Person, person, serve
from tests.support.postgresql import PostgreSQL
from tests.talking import talking

COMPOSE = yaml.safe_load((Path(__file__).parents[2] / "compose.yaml").read_text())
GRACE_SECONDS = int(COMPOSE["services"]["carelay"]["stop_grace_period"].removesuffix("s"))


async def test_without_a_database_a_server_stops_in_time_and_says_what_it_could_not_write(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    storage = f'database_url = "{await postgresql.new_database()}"'
    async with serve(tmp_path / "server", storage=storage) as server:
        async with person(server, "provider") as provider, person(server, "patient") as patient:
            room_id = await recorded_call(provider, patient)
            async with talking(provider.client, patient.client) as conversation:
                await conversation.lasts(1)
                postgresql.stop()
                try:
                    stopping = asyncio.create_task(server.stop())
                    for one in (provider, patient):
                        assert (await one.hear("call_ended"))["reason"] == "server_restart"
                    await patient.say("call_start", room_id=room_id)
                    assert (await patient.hear("call_ended"))["reason"] == "server_restart", (
                        "it is still heard"
                    )
                    assert [await goodbye(one) for one in (provider, patient)] == [1001, 1001]
                    async with asyncio.timeout(GRACE_SECONDS):
                        assert await stopping == 0
                finally:
                    postgresql.start()
        log = (server.folder / "log").read_text()
        for action in ("call.failed", "recording.stopped", "recording.completed"):
            assert f"not written before the server stopped: {action} of call" in log


async def recorded_call(provider: Person, patient: Person) -> str:
    """Both are connected, and it is being recorded."""
    call = await provider.post("call/initiate", patient_id="patient", recording_enabled=True)
    room_id: str = call["room_id"]
    await provider.join(room_id)
    await patient.post("call/accept", room_id=room_id, recording_consent=True)
    await patient.join(room_id)
    await provider.hear("recording_state", state="recording")
    return room_id


async def goodbye(one: Person) -> int | None:
    """The code that the server closes the socket with; what it says before that is skipped."""
    async with asyncio.timeout(GRACE_SECONDS):
        while True:
            message = await one.ws.receive()
            if message.type is not aiohttp.WSMsgType.TEXT:
                return one.ws.close_code
            assert json.loads(message.data)["type"] != "error"
