"""An export is asked for, its server is killed while it makes it, and the next start makes it."""

import asyncio
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from storage import bundle
from storage.audit import key
from storage.bundle.check import check
from tests.patience import PATIENCE
from tests.scenarios.playing import seconds_of
from tests.scenarios.server_process import Person, person
from tests.scenarios.site import LEASE_SECONDS, Site, recorded_call, settled
from tests.support.databases import ONE_WILL_DO

pytestmark = [ONE_WILL_DO, pytest.mark.timeout(300)]


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Site:
    return Site(tmp_path, database_url)


def files_of(folder: Path) -> list[Path]:
    """Of exports, on the server."""
    return [file for file in folder.rglob("exports/*") if file.is_file()]


async def comes_to(compliance: Person, state: str) -> dict[str, Any]:
    """The only export there is, once it is so far."""
    async with asyncio.timeout(PATIENCE + LEASE_SECONDS):
        while True:
            [export] = (await compliance.get("recording-exports"))["exports"]
            assert export["state"] not in {"failed", "cancelled", "expired"}, export
            if export["state"] == state:
                return dict(export)
            await asyncio.sleep(0.1)


async def test_a_killed_server_makes_it_after_its_next_start(site: Site, tmp_path: Path) -> None:
    key.create(site.folder / "shared" / "keys" / "audit.key")
    async with site.server("first") as server, person(server, "compliance") as compliance:
        async with recorded_call(server, "exported") as call:
            await call.conversation.lasts(2)
            await call.provider.post("call/end", room_id=call.room_id)
        recording_id = (await settled(compliance, call.room_id))["recording_id"]
        path = f"recordings/{recording_id}"
        opened = await compliance.post(f"{path}/playback", purpose="HLEGAL")
        await compliance.post(f"{path}/exports", playback_id=opened["playback_id"], contents="film")
        await comes_to(compliance, "running")
        await server.kill()
    async with site.server("first") as server, person(server, "compliance") as compliance:
        made = await comes_to(compliance, "done")
        url = f"/api/v1/telemedicine/recording-exports/{made['export_id']}/download"
        async with compliance.http.get(url) as answer:
            content = await answer.read()
    archive = tmp_path / "it.zip"
    archive.write_bytes(content)
    with bundle.opened(archive) as files:
        found = check(files)
    assert (found.problems, found.rows > 5) == ([], True)
    with ZipFile(archive) as unpacked:
        assert min(seconds_of(unpacked.read("media/recording.mp4"))) > 1
    kept = files_of(tmp_path)
    assert [file.suffix for file in kept] == [".part"]
    assert b"ftyp" not in kept[0].read_bytes()
