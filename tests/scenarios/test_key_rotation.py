"""`carelay keys rotate` as a process: killed half-way, and beside a server that records."""

import asyncio
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.database import Database
from storage.errors import WrongKey
from storage.ids import new_id
from storage.models import Recording
from storage.recordings import recording_keys, recordings
from storage.recordings.recording_keys import Rotation
from storage.vault.keys import DataKey
from storage.vault.keys.file import KeyFile
from tests.patience import PATIENCE
from tests.scenarios.playing import decoded
from tests.scenarios.server_process import person
from tests.scenarios.site import Site, is_complete, recorded_call, settled
from tests.support.databases import ONE_WILL_DO

RECORDINGS = 4000
KILLED_AFTER = (0, 600, 2000)
"""Recordings that were rewrapped; a batch has 200."""

pytestmark = [ONE_WILL_DO, pytest.mark.timeout(400)]


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Site:
    return Site(tmp_path, database_url)


def key_file(site: Site) -> Path:
    return site.folder / "shared" / "keys" / "recording.key"


async def command(site: Site) -> asyncio.subprocess.Process:
    config = site.folder / "first" / "config.toml"
    arguments = ("-m", "signaling.cli", "keys", "rotate", "--config", config)
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=pipe, stderr=pipe
    )


async def rotate(site: Site) -> str:
    """To its end; what it says."""
    process = await command(site)
    told, complaints = await process.communicate()
    assert process.returncode == 0, complaints
    return told.decode()


async def add_copies(database: Database, key: KeyFile) -> None:
    """Of the recording that there is, each with a data key of its own."""
    async with database.transaction() as tx:
        model = await recordings.newest(tx)
        assert model
        added = []
        for _ in range(RECORDINGS):
            recording_id = new_id()
            row = {
                "id": recording_id,
                "session_id": model.session_id,
                "patient_id": model.patient_id,
                "provider_id": model.provider_id,
                "audio_only": model.audio_only,
                "state": "complete",
                "started_at": model.started_at,
                "wrapped_key": key.wrap(DataKey.new(), recording_id),
                "key_id": key.key_id,
                "fence": 0,
            }
            added.append(row)
        await tx.execute(sa.insert(Recording), added)


async def reached(database: Database, count: int) -> Rotation:
    """The rotation, once it has rewrapped that many."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with database.reading() as tx:
                found = await recording_keys.unfinished(tx)
            if found and found.rewrapped >= count:
                return found


async def test_killed_half_way_the_next_run_rewraps_the_rest_and_everything_plays(
    site: Site,
) -> None:
    async with site.server("first") as server, person(server, "compliance") as compliance:
        async with recorded_call(server, "call") as call:
            await call.conversation.lasts(1)
            await is_complete(call, compliance)
        recording = await settled(compliance, call.room_id)
        old, database = KeyFile.load(key_file(site)), await Database.open(site.url)
        await add_copies(database, old)
        for count in KILLED_AFTER:
            process = await command(site)
            before = await reached(database, count)
            process.kill()
            await process.communicate()
            assert process.returncode == -9, "it was at work"
            assert before.old == old.key_id
            assert before.rewrapped <= RECORDINGS
        told = await rotate(site)
        new = KeyFile.load(key_file(site))
        assert f"holds key {new.key_id} now" in told
        assert f"Rewrapped with it: {RECORDINGS + 1} recordings," in told
        async with database.reading() as tx:
            for row in await tx.scalars(sa.select(Recording)):
                assert row.key_id == new.key_id
                assert row.wrapped_key
                new.unwrap(row.wrapped_key, row.id)
                with pytest.raises(WrongKey):
                    old.unwrap(row.wrapped_key, row.id)
        await database.close()
        assert len(await decoded(compliance, recording)) == 2


async def test_a_server_records_on_while_its_key_is_exchanged(site: Site) -> None:
    """Without a restart, and with the old key taken away afterwards."""
    async with site.server("first") as server, person(server, "compliance") as compliance:
        async with recorded_call(server, "before") as before:
            await before.conversation.lasts(1)
            await is_complete(before, compliance)
        async with recorded_call(server, "during") as during:
            await during.conversation.lasts(1)
            old = KeyFile.load(key_file(site))
            await rotate(site)
            await during.conversation.lasts(2)
            await is_complete(during, compliance)
        async with recorded_call(server, "after") as after:
            await after.conversation.lasts(1)
            await is_complete(after, compliance)
    key_file(site).with_name(f"recording.key.retired-{old.key_id}").unlink()
    async with site.server("first") as server, person(server, "compliance") as compliance:
        for call in (before, during, after):
            recording = await settled(compliance, call.room_id)
            assert len(await decoded(compliance, recording)) == 2
