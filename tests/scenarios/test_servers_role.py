"""Everything that is done to recordings, by servers and commands whose role on PostgreSQL can only
add to the audit log: `carelay database prepare` as OPERATIONS.md has it.
"""

import asyncio
import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy import make_url

from signaling.recordings.policy import Policy
from storage.database import Database
from storage.ids import new_id
from storage.models import AuditRow, Recording
from storage.recordings.recordings import newest
from storage.retention import erasures
from storage.roles import prepare
from storage.rows import properties
from storage.vault.keys import DataKey
from storage.vault.keys.file import KeyFile
from tests.patience import PATIENCE, until
from tests.scenarios.playing import decoded
from tests.scenarios.server_process import person
from tests.scenarios.site import Site, is_complete, recorded_call, settled
from tests.scenarios.test_backup import carelay
from tests.support.postgresql import PostgreSQL

EXPIRED = 120
DAY = timedelta(days=1)

pytestmark = pytest.mark.timeout(400)


def of_role(url: str, role: str) -> str:
    return make_url(url).set(username=role).render_as_string(hide_password=False)


async def add_expired(owner: Database, key: KeyFile) -> None:
    """Old recordings, and a policy that is old enough to erase them."""
    now = datetime.now(UTC)
    policy = Policy(video_days=30, audio_days=0, since=now - 40 * DAY, notice_days=30)
    async with owner.transaction() as tx:
        await properties.put(tx, properties.RETENTION, msgspec.json.encode(policy).decode())
        model = await newest(tx)
        assert model
        added = [
            {
                "id": recording_id,
                "session_id": model.session_id,
                "patient_id": model.patient_id,
                "provider_id": model.provider_id,
                "audio_only": model.audio_only,
                "state": "complete",
                "started_at": now - 35 * DAY,
                "wrapped_key": key.wrap(DataKey.new(), recording_id),
                "key_id": key.key_id,
                "fence": 0,
            }
            for recording_id in (new_id() for _ in range(EXPIRED))
        ]
        await tx.execute(sa.insert(Recording), added)


async def times_erased(owner: Database, count: int) -> set[int]:
    """How often each of so many recordings was, by the audit log, once all of them are."""
    query = sa.select(AuditRow.recording_id).where(AuditRow.action == "recording.erased")
    async with asyncio.timeout(PATIENCE):
        while True:
            async with owner.reading() as tx:
                found = Counter(str(one) for one in await tx.scalars(query))
            if len(found) >= count:
                return set(found.values())
            await asyncio.sleep(0.1)


async def all_deleted(owner: Database) -> None:
    async with asyncio.timeout(PATIENCE):
        left: Sequence[object] = [owner]
        while left:
            await asyncio.sleep(0.1)
            async with owner.reading() as tx:
                left = await erasures.unfinished(tx)


async def test_it_records_holds_erases_rotates_expires_backs_up_and_restores(
    postgresql: PostgreSQL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = f"server_{new_id()}"
    owner_url, elsewhere = [await postgresql.empty_database() for _ in range(2)]
    site = Site(tmp_path, of_role(owner_url, role))
    config = tmp_path / "first" / "config.toml"
    await prepare(owner_url, site.url)
    owner = await Database.open(owner_url)
    monkeypatch.setenv("CARELAY_RETENTION_VIDEO_DAYS", "30")
    key = tmp_path / "shared" / "keys" / "recording.key"
    async with site.server("first") as server, person(server, "compliance") as compliance:
        calls = []
        for name in ("erased", "kept"):
            async with recorded_call(server, name) as call:
                await call.conversation.lasts(1)
                await is_complete(call, compliance)
            calls.append(await settled(compliance, call.room_id))
        erased, kept = (call["recording_id"] for call in calls)
        hold = await compliance.post(f"recordings/{erased}/holds", reason="A complaint")
        release = f"recordings/{erased}/holds/{hold['hold_id']}/release"
        await compliance.post(release, reason="It was withdrawn")
        code, output = await carelay("backup", "--config", config, tmp_path / "backup")
        assert code == 0, output
        await compliance.post(f"recordings/{erased}/erase", reason="Asked for")
        code, output = await carelay("keys", "rotate", "--config", config)
        assert code == 0, output
        assert len(await decoded(compliance, calls[1])) == 2
        folder = tmp_path / "shared" / "data" / "recordings"
        await until(lambda: not (folder / erased).exists())
    await add_expired(owner, KeyFile.load(key))
    async with site.both() as (first, _), person(first, "compliance") as compliance:
        assert await times_erased(owner, EXPIRED + 1) == {1}
        await all_deleted(owner)
        assert len(await decoded(compliance, calls[1])) == 2
        code, output = await carelay("doctor", "--config", config)
        assert "it owns" not in output
        assert f"erased recordings: {EXPIRED + 1}, all noted in" in output
    await owner.close()

    shutil.copytree(tmp_path / "shared" / "keys", tmp_path / "other" / "keys")
    other = tmp_path / "other" / "config.toml"
    text = config.read_text().replace(str(tmp_path / "shared"), str(tmp_path / "other"))
    other.write_text(text.replace(site.url, elsewhere))
    code, output = await carelay("restore", "--config", other, tmp_path / "backup")
    assert code == 0, output
    assert not (tmp_path / "other" / "data" / "recordings" / erased).exists()
    assert (tmp_path / "other" / "data" / "recordings" / kept).exists()
    other.write_text(text.replace(site.url, of_role(elsewhere, role)))
    for _ in range(2):
        code, output = await carelay("database", "prepare", "--owner", elsewhere, "--config", other)
        assert code == 0, output
    code, output = await carelay("recordings", "list", "--config", other)
    assert code == 0, output
    assert "erased" in output
