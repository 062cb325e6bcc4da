"""Consent that is withdrawn takes what was recorded with it, also where the server is killed before
it is done: never is a withdrawal on record beside a recording that plays.
"""

import asyncio
import random
from pathlib import Path

import pytest

from tests.patience import until
from tests.scenarios.playing import decoded
from tests.scenarios.server_process import ServerProcess, person, serve
from tests.scenarios.site import recorded_call, settled
from tests.support.databases import ONE_WILL_DO
from tests.support.effort import effort

SEED = 11
KILLS = effort(3, long=40)
LATEST_SECONDS = 0.2

pytestmark = [ONE_WILL_DO, pytest.mark.timeout(effort(300, long=3600))]


@pytest.fixture(autouse=True)
def erasing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARELAY_RECORDING_ON_WITHDRAWAL", "erase")


def files(server: ServerProcess) -> set[str]:
    """Recordings that have some."""
    return {path.parent.name for path in (server.folder / "data" / "recordings").glob("*/*")}


async def test_what_a_kill_left_is_erased_at_the_next_start(
    tmp_path: Path, database_url: str
) -> None:
    folder, storage = tmp_path / "server", f'database_url = "{database_url}"'
    marker = folder / "data" / "recordings" / "carelay-recordings"
    async with serve(folder, storage=storage) as server, recorded_call(server, "one") as call:
        await call.conversation.lasts(2)
        # Nobody can delete a file now, so that the kill comes between the key and the files.
        marker.rename(folder / "marker")
        await call.patient.say("recording_consent", room_id=call.room_id, recording_consent=False)
        for side in (call.provider, call.patient):
            await side.hear("recording_state", state="stopped", earlier="erased")
        await server.kill()
    assert files(server)
    (folder / "marker").rename(marker)
    async with (
        serve(folder, storage=storage) as server,
        person(server, "compliance") as compliance,
    ):
        erased = await settled(compliance, call.room_id)
        assert erased["state"] == "erased"
        await until(lambda: not files(server))
        detail = await compliance.get(f"recordings/{erased['recording_id']}")
        assert detail["erasure"]["basis"] == "withdrawal"
        assert {part["state"] for part in detail["parts"]} <= {"sealed", "lost"}


async def test_whenever_it_is_killed_what_plays_was_not_withdrawn(
    tmp_path: Path, database_url: str
) -> None:
    folder, storage = tmp_path / "server", f'database_url = "{database_url}"'
    drawn, rooms = random.Random(SEED), list[str]()
    for number in range(KILLS):
        async with (
            serve(folder, storage=storage) as server,
            recorded_call(server, str(number)) as call,
        ):
            rooms.append(call.room_id)
            await call.conversation.lasts(1.5)
            no = {"room_id": call.room_id, "recording_consent": False}
            await call.patient.say("recording_consent", **no)
            await asyncio.sleep(drawn.uniform(0, LATEST_SECONDS))  # the moment is the point
            await server.kill()
    async with (
        serve(folder, storage=storage) as server,
        person(server, "compliance") as compliance,
    ):
        kept = set[str]()
        for room_id in rooms:
            recording = await settled(compliance, room_id)
            detail = await compliance.get(f"recordings/{recording['recording_id']}")
            withdrawn = "withdrawn" in {said["decision"] for said in detail["consents"]}
            assert withdrawn == (recording["state"] == "erased")
            if not withdrawn:
                kept.add(recording["recording_id"])
                assert await decoded(compliance, recording)
        await until(lambda: files(server) == kept)
