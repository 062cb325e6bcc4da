"""A server that is killed again and again, at any instant of recorded calls: while one is begun,
talked in, ended or sealed, and while what the kill before has torn is recovered.
"""

import asyncio
import random
import sys
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from storage.audit import key
from tests.patience import until
from tests.scenarios.playing import decoded
from tests.scenarios.server_process import Person, ServerProcess, person, serve
from tests.scenarios.site import RecordedCall, closed, every, recorded_call, settled
from tests.support.effort import effort

SEED = 9
KILLS = effort(5, long=100)
LATEST_SECONDS = 4.0
LONGEST_CALL = 3.0
LOST_SECONDS = 3.0
"""At most, of what was said before a kill."""

pytestmark = pytest.mark.timeout(effort(300, long=3600))


async def keep_calling(
    server: ServerProcess, name: str, drawn: random.Random, calls: list[RecordedCall]
) -> None:
    """One recorded call after the other, until the server is gone."""
    while True:
        async with recorded_call(server, f"{name}.{len(calls)}") as call:
            calls.append(call)
            await call.conversation.lasts(drawn.uniform(0, LONGEST_CALL))
            await call.provider.post("call/end", room_id=call.room_id)


async def killed_while_calling(
    server: ServerProcess, name: str, drawn: random.Random, *, recorded: bool
) -> dict[str, float]:
    """Room → how long both had talked, of each call that was recorded; with `recorded` that is one
    at least, otherwise the server may also have gone before.
    """
    calls = list[RecordedCall]()
    calling = asyncio.create_task(keep_calling(server, name, drawn, calls))
    if recorded:
        await until(lambda: calls)
    await asyncio.sleep(drawn.uniform(0, LATEST_SECONDS))  # the moment is the point
    await server.kill()
    said = {call.room_id: call.said for call in calls}
    calling.cancel()
    # What it was about to do when the server went.
    with suppress(asyncio.CancelledError, aiohttp.ClientError, AssertionError):
        await calling
    return said


async def plays(compliance: Person, room_id: str, said: float) -> None:
    """All of it but for the end, and nothing that anybody has changed."""
    recording = await settled(compliance, room_id)
    detail = await compliance.get(f"recordings/{recording['recording_id']}")
    assert detail["authenticity"] == "authentic"
    assert {part["authenticity"] for part in detail["parts"]} <= {"authentic"}
    if said > LOST_SECONDS:
        for pictures, sounds in (await decoded(compliance, recording)).values():
            assert min(pictures, sounds) > said - LOST_SECONDS


async def verify(server: ServerProcess) -> None:
    """`carelay audit verify` finds its log whole."""
    config = str(server.folder / "config.toml")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "signaling.cli", "audit", "verify", "--config", config),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()


async def test_whenever_it_is_killed_what_was_recorded_plays_and_the_log_is_whole(
    database_url: str, tmp_path: Path
) -> None:
    storage = f'database_url = "{database_url}"'
    key.create(tmp_path / "server" / "keys" / "audit.key")
    drawn, said = random.Random(SEED), dict[str, float]()
    for number in range(KILLS):
        async with serve(tmp_path / "server", storage=storage) as server:
            recorded = number % 2 == 0
            said |= await killed_while_calling(server, str(number), drawn, recorded=recorded)
    assert len(said) > KILLS // 2
    async with (
        serve(tmp_path / "server", storage=storage) as server,
        person(server, "compliance") as compliance,
    ):
        ended = {call["room_id"]: call for call in await every(compliance, "calls")}
        assert said.keys() <= ended.keys()
        for room_id, call in ended.items():
            if call["end_reason"] != "hung_up":
                await closed(compliance, room_id)
        for room_id, seconds in said.items():
            await plays(compliance, room_id, seconds)
        assert await server.stop() == 0
    await verify(server)
    left = [path.name for path in (tmp_path / "server" / "data").rglob("*.part?*")]
    assert left == [], "neither tails nor copies"
