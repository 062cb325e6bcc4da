"""`carelay keys rotate` from the inside, on both databases: whatever interrupts it, every recording
opens, with the new key in the end, and the old one opens none.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from signaling.recordings.rotation import Rotated, rotate_all
from storage.database import Database
from storage.errors import WrongKey
from storage.ids import new_id
from storage.models import AuditRow, Property, Recording
from storage.recordings import recording_keys, recordings
from storage.rows.properties import RECORDING_KEY
from storage.vault.keys import DataKey
from storage.vault.keys import folder as module
from storage.vault.keys.file import KeyFile
from storage.vault.keys.folder import KeyFolder
from tests.signaling.manual_clock import START
from tests.signaling.practice import Practice, open_practice
from tests.signaling.recordings.recorded import FILE, as_version, browser, opened, record

RECORDINGS = 5


@pytest.fixture
async def practice(tmp_path: Path, database_url: str) -> AsyncIterator[Practice]:
    async with open_practice(tmp_path, database_url=database_url) as practice:
        room_id = await practice.ring(recording=True)
        session_id = (await practice.log(room_id))[0].session_id or ""
        for _ in range(RECORDINGS):
            await record(practice.recordings.archive, session_id, room_id)
        yield practice


def keys_of(practice: Practice) -> KeyFolder:
    """As a command reads them."""
    keys = practice.recordings.archive.keys
    assert isinstance(keys, KeyFolder)
    return KeyFolder.load(keys.path)


async def rotated(practice: Practice) -> Rotated:
    return await rotate_all(practice.database, keys_of(practice), lambda: START, batch=2)


async def rows(practice: Practice) -> list[Recording]:
    async with practice.database.reading() as tx:
        return list(await tx.scalars(sa.select(Recording).order_by(Recording.id)))


async def told(practice: Practice) -> list[tuple[str, dict[str, Any]]]:
    """What the log says of rotations."""
    async with practice.database.reading() as tx:
        found = await tx.execute(
            sa.select(AuditRow.action, AuditRow.detail)
            .where(AuditRow.action.startswith("key.rotation"))
            .order_by(AuditRow.id)
        )
        return [(action, json.loads(detail)) for action, detail in found]


async def opens_all(practice: Practice, old: KeyFile) -> None:
    """Everything plays, with the key file that there is now; the old one opens nothing."""
    key = KeyFile.load(keys_of(practice).path)
    assert key.key_id != old.key_id
    for row in await rows(practice):
        assert row.key_id == key.key_id
        assert row.wrapped_key
        key.unwrap(row.wrapped_key, row.id)
        with pytest.raises(WrongKey):
            old.unwrap(row.wrapped_key, row.id)
    listed = (await practice.playbacks.list(practice.compliance, None)).recordings
    async with browser(practice, practice.compliance) as client:
        for recording in listed:
            async with client.get((await opened(practice, recording))[1]) as response:
                assert await response.read() == FILE
            detail = await practice.playbacks.detail(practice.compliance, recording.recording_id)
            assert detail.authenticity != "changed"


async def test_all_recordings_get_the_new_key_beside_the_server(practice: Practice) -> None:
    """The practice's server had read its key before."""
    old = KeyFile.load(keys_of(practice).path)
    done = await rotated(practice)
    assert (done.old, done.recordings, done.closed) == (old.key_id, RECORDINGS, [])
    await opens_all(practice, old)
    of = {
        "old_key": old.key_id,
        "new_key": done.new,
        "recordings": RECORDINGS,
        "clinical_records": 0,
    }
    assert await told(practice) == [
        ("key.rotation_begun", of),
        ("key.rotation_finished", {**of, "not_opened": 0}),
    ]


async def test_what_was_erased_has_no_key_to_exchange(practice: Practice) -> None:
    [erased, *_] = await rows(practice)
    await practice.erasures.request(practice.compliance, erased.id, "Asked for")
    done = await rotated(practice)
    assert (done.recordings, done.closed) == (RECORDINGS - 1, [])
    [row] = [row for row in await rows(practice) if row.id == erased.id]
    assert row.wrapped_key is None


async def test_earlier_versions_stay_what_they_are(practice: Practice) -> None:
    old = KeyFile.load(keys_of(practice).path)
    first, second, *_ = await rows(practice)
    await as_version(practice, first.id, 2)
    await as_version(practice, second.id, 1)
    await rotated(practice)
    await opens_all(practice, old)
    key = KeyFile.load(keys_of(practice).path)
    found = {
        row.id: key.unwrap(row.wrapped_key or b"", row.id).version for row in await rows(practice)
    }
    assert (found[first.id], found[second.id]) == (2, 1)
    assert sorted(found.values()) == [1, 2, 3, 3, 3]


class CutOffError(Exception):
    """In the middle of the command."""


@dataclass
class Killer:
    """Ends a command before its step of that number."""

    step: int
    taken: int = 0

    def take(self, *_: object) -> None:
        if self.taken == self.step:
            raise CutOffError
        self.taken += 1

    @asynccontextmanager
    async def around(
        self, transaction: AbstractAsyncContextManager[AsyncSession]
    ) -> AsyncIterator[AsyncSession]:
        self.take()
        async with transaction as tx:
            yield tx
        self.take()


async def test_cut_off_at_any_step_the_next_run_finishes_it(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps are commits, and what is made durable on the disk; the last round is not cut off."""
    transaction = practice.database.transaction
    for step in count():
        old, killer = KeyFile.load(keys_of(practice).path), Killer(step)
        with monkeypatch.context() as killing:
            killing.setattr(
                practice.database,
                "transaction",
                lambda killer=killer: killer.around(transaction()),
            )
            killing.setattr(module, "sync_folder", killer.take)
            with suppress(CutOffError):
                await rotated(practice)
                break
        async with practice.database.reading() as tx:
            unfinished = await recording_keys.unfinished(tx)
        if unfinished or keys_of(practice).next_key():
            await rotated(practice)
        await opens_all(practice, old)
    assert step == 13, "two of the files and five transactions, before and after each"
    actions = [action for action, _ in await told(practice)]
    assert actions == ["key.rotation_begun", "key.rotation_finished"] * (len(actions) // 2)


async def test_a_recording_that_begins_during_a_rotation_gets_the_new_key(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins in the moment in which the server has wrapped its key with the old one."""
    archive, old = practice.recordings.archive, KeyFile.load(keys_of(practice).path)
    session_id = (await rows(practice))[0].session_id
    wrap = archive.keys.wrap

    async def wrap_and_rotate(data_key: DataKey, recording_id: str, key_id: str) -> bytes:
        monkeypatch.undo()
        wrapped = await wrap(data_key, recording_id, key_id)
        await rotated(practice)
        return wrapped

    monkeypatch.setattr(archive.keys, "wrap", wrap_and_rotate)
    await record(archive, session_id, "room")
    assert len(await rows(practice)) == RECORDINGS + 1
    await opens_all(practice, old)


@pytest.mark.parametrize("is_first", [True, False])
async def test_a_rotation_waits_for_a_recording_that_begins(
    practice: Practice, database_url: str, is_first: bool
) -> None:
    """Its row is not committed yet, so that nobody could find it."""
    keys = keys_of(practice)
    old, database = KeyFile.load(keys.path), await Database.open(database_url)
    [model, *_] = await rows(practice)
    async with practice.database.transaction() as tx:
        if is_first:
            await tx.execute(sa.delete(Property).where(Property.name == RECORDING_KEY))
    async with practice.database.transaction() as tx:
        assert await recording_keys.hold_current(tx, keys.key_id) == keys.key_id
        recording_id = new_id()
        await recordings.create(
            tx,
            recording_id,
            session_id=model.session_id,
            wrapped_key=old.wrap(DataKey.new(), recording_id),
            key_id=old.key_id,
            now=START,
        )
        rotation = asyncio.create_task(rotate_all(database, keys, lambda: START))
        await asyncio.wait({rotation}, timeout=0.5)
        assert not rotation.done()
    assert (await rotation).recordings == RECORDINGS + 1
    await database.close()


async def test_what_no_key_here_opens_is_named_and_stays_as_it_was(practice: Practice) -> None:
    first, second, *_ = await rows(practice)
    async with practice.database.transaction() as tx:
        (await tx.get_one(Recording, first.id)).key_id = "0123456789abcdef"
        (await tx.get_one(Recording, second.id)).wrapped_key = b"damaged"
    done = await rotated(practice)
    assert done.recordings == RECORDINGS - 2
    assert [line[:42] for line in done.closed] == [f"recording {row.id}" for row in (first, second)]
    assert "Key 0123456789abcdef is not beside" in done.closed[0]
    found = await rows(practice)
    assert (found[0].wrapped_key, found[1].wrapped_key) == (first.wrapped_key, b"damaged")


async def test_a_key_that_changed_meanwhile_is_not_put_back(practice: Practice) -> None:
    """As where a recording is erased while it is being rewrapped."""
    key_id = keys_of(practice).key_id
    async with practice.database.transaction() as tx:
        found = await recording_keys.wrapped_by_others(tx, Recording, "another", "", 1)
        (await tx.get_one(Recording, found[0].id)).wrapped_key = b""
    async with practice.database.transaction() as tx:
        assert not await recording_keys.replace(tx, found[0], b"new", "another")
    row = (await rows(practice))[0]
    assert (row.wrapped_key, row.key_id) == (b"", key_id)


async def test_a_rotation_whose_new_key_is_gone_says_which_file_is_missing(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = keys_of(practice)
    with monkeypatch.context() as killing:
        killing.setattr(KeyFolder, "advance", Killer(0).take)
        with pytest.raises(CutOffError):
            await rotated(practice)
    shelved = keys.new_path.rename(keys.path.with_name("shelved"))
    with pytest.raises(WrongKey, match=r"put its file back as .*recording\.key\.new"):
        await rotated(practice)
    shelved.rename(keys.new_path)
    assert (await rotated(practice)).recordings == RECORDINGS
