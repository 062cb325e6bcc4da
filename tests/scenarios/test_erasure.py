"""What was erased stays erased: after a kill between the key and the files, and after a backup of
before is restored on another machine, where everything else plays.
"""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE, until
from tests.scenarios.playing import decoded
from tests.scenarios.server_process import API, Person, ServerProcess, person, serve
from tests.scenarios.test_backup import carelay
from tests.scenarios.test_recorded_call import call
from tests.support.databases import ONE_WILL_DO
from tests.support.postgresql import PostgreSQL
from tests.talking import talking

TALK_SECONDS = 1.5

# nine processes, one after the other
pytestmark = [ONE_WILL_DO, pytest.mark.timeout(400)]


async def record(server: ServerProcess) -> None:
    async with call(server, consent=True) as (room_id, provider, patient):
        await provider.hear("recording_state", state="recording")
        async with talking(provider.client, patient.client) as conversation:
            await conversation.lasts(TALK_SECONDS)
        await provider.post("call/end", room_id=room_id)
        await patient.hear("call_ended")


async def listed(compliance: Person) -> dict[str, str]:
    found: list[dict[str, Any]] = (await compliance.get("recordings?person_id=patient"))[
        "recordings"
    ]
    return {recording["recording_id"]: recording["state"] for recording in found}


async def all_complete(compliance: Person, count: int) -> None:
    """Sealed and written, which nobody waits for when a call ends."""
    async with asyncio.timeout(PATIENCE):
        while True:
            if [*(await listed(compliance)).values()] == ["complete"] * count:
                return
            await asyncio.sleep(0.1)


async def played(compliance: Person, recording_id: str) -> set[str]:
    return set(await decoded(compliance, {"recording_id": recording_id}))


async def refusal(compliance: Person, path: str) -> tuple[int, str]:
    body = {"reason": "why"} | ({"purpose": "PATRQT"} if path.endswith("playback") else {})
    async with compliance.http.post(f"{API}/{path}", json=body) as response:
        return response.status, (await response.json(content_type=None))["code"]


def parts(server_folder: Path, recording_id: str) -> list[Path]:
    return list((server_folder / "data" / "recordings" / recording_id).glob("*"))


async def test_erased_stays_erased_and_the_rest_plays(
    tmp_path: Path, postgresql: PostgreSQL, kind: str
) -> None:
    first, second, backup = tmp_path / "first", tmp_path / "second", tmp_path / "backup"
    urls = ["", ""] if kind == "sqlite" else [await postgresql.empty_database() for _ in range(2)]
    storage = [f'database_url = "{url}"' if url else "" for url in urls]
    config, marker = first / "config.toml", first / "data" / "recordings" / "carelay-recordings"
    async with (
        serve(first, storage=storage[0]) as server,
        person(server, "compliance") as compliance,
    ):
        for count in (1, 2):
            await record(server)
            await all_complete(compliance, count)
        erased, kept = await listed(compliance)
        code, output = await carelay("backup", "--config", config, backup)
        assert code == 0, output
        hold = await compliance.post(f"recordings/{erased}/holds", reason="A complaint")
        assert await refusal(compliance, f"recordings/{erased}/erase") == (409, "recording_on_hold")
        release = f"recordings/{erased}/holds/{hold['hold_id']}/release"
        await compliance.post(release, reason="It was withdrawn")
        # Nobody can delete a file now, so that the kill comes between the key and the files.
        marker.rename(first / "marker")
        done = await compliance.post(f"recordings/{erased}/erase", reason="Asked for")
        assert done["files_deleted_at"] is None
        await server.kill()
    assert parts(first, erased)
    (first / "marker").rename(marker)

    async with (
        serve(first, storage=storage[0]) as server,
        person(server, "compliance") as compliance,
    ):
        assert await listed(compliance) == {erased: "erased", kept: "complete"}
        await until(lambda: not parts(first, erased))
        assert await refusal(compliance, f"recordings/{erased}/playback") == (
            409,
            "recording_erased",
        )
        assert await played(compliance, kept) == {"provider", "patient"}
        code, output = await carelay("recordings", "list", "--config", config, "--only", "erased")
        assert (code, output.split("\t")[:3:2]) == (0, [erased, "erased"])
        assert "Asked for" in output
        assert await server.stop() == 0

    shutil.copytree(first / "keys", second / "keys")
    text = config.read_text().replace(str(first), str(second))
    (second / "config.toml").write_text(text.replace(urls[0], urls[1]) if urls[0] else text)
    code, output = await carelay("restore", "--config", second / "config.toml", backup)
    assert code == 0, output
    assert not parts(second, erased)
    assert parts(second, kept)
    async with (
        serve(second, storage=storage[1]) as server,
        person(server, "compliance") as compliance,
    ):
        assert await listed(compliance) == {erased: "erased", kept: "complete"}
        assert await refusal(compliance, f"recordings/{erased}/playback") == (
            409,
            "recording_erased",
        )
        assert await played(compliance, kept) == {"provider", "patient"}
        detail = await compliance.get(f"recordings/{erased}")
        assert (detail["erasure"]["reason"], detail["recording"]["patient_name"]) == (
            "Asked for",
            "Name of patient",
        )

    # A later backup, onto the same folder, has no copy of it any more.
    assert (backup / "recordings" / erased).exists()
    code, output = await carelay("backup", "--config", config, backup)
    assert code == 0, output
    assert not (backup / "recordings" / erased).exists()
    assert (backup / "recordings" / kept).exists()
