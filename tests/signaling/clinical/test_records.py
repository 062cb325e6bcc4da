"""The keys of clinical records on both databases: made once, opened, exchanged, destroyed for good,
also where a backup of before is put back.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from signaling import config
from signaling.clinical.records import About, Records
from signaling.clinical.records.keys import (
    open_clinical_keys,
    ring_of,
    settle_clinical_keys,
)
from signaling.config.sections import KeyKind
from signaling.kernel.errors import Conflict, Damaged, Unavailable
from signaling.recordings.keys import open_keys
from signaling.recordings.rotation import rotate_all
from storage.clinical.sealing import Place
from storage.errors import KeyFileError, WrongKey
from storage.models import ClinicalKey
from storage.recordings.recording_keys import CLINICAL, RECORDINGS, Ring
from storage.vault.keys.file import KeyFile
from storage.vault.keys.folder import KeyFolder
from storage.vault.keys.sealed import PrivateKey, create_public
from storage.vault.tombstones import ClinicalTombstone, Tombstones
from tests.signaling.conftest import configuration
from tests.signaling.manual_clock import START
from tests.signaling.practice import Practice, key_folder, open_practice

NOTE = About("note", patient_id="patient")
PLACE = Place("notes", "one")


@pytest.fixture
async def practice(tmp_path: Path, database_url: str) -> AsyncIterator[Practice]:
    async with open_practice(tmp_path, database_url=database_url) as practice:
        yield practice


def records_of(
    practice: Practice, folder: Path, keys: KeyFolder | None = None, ring: Ring = RECORDINGS
) -> Records:
    """As a server that is started now has them."""
    noted = Tombstones(folder / "keys" / "erased-clinical", ClinicalTombstone)
    keys = keys or key_folder(folder)
    return Records(practice.database, keys, ring, noted, practice.clock)


async def rows(practice: Practice) -> list[ClinicalKey]:
    async with practice.database.reading() as tx:
        return list(await tx.scalars(sa.select(ClinicalKey).order_by(ClinicalKey.id)))


async def erase(practice: Practice, records: Records, record_id: str) -> None:
    async with practice.database.transaction() as tx:
        row = await tx.get_one(ClinicalKey, record_id, with_for_update=True)
        tombstone = await records.erase(tx, row, practice.compliance, "Asked for")
    await records.note_erased(tombstone)


async def test_a_record_is_made_once_however_many_ask(practice: Practice, tmp_path: Path) -> None:
    records = records_of(practice, tmp_path)
    asked = [records.make("one", NOTE) for _ in range(4)]
    made = await asyncio.gather(*asked)
    assert len({record.key.key for record in made}) == 1
    [row] = await rows(practice)
    assert (row.kind, row.patient_id, row.wrapped_key is None) == ("note", "patient", False)
    sealed = made[0].seal(PLACE, "Slept badly.")
    found = await records_of(practice, tmp_path).find("one")
    assert found is not None
    assert found.unseal(PLACE, sealed) == "Slept badly."
    assert await records.find("another") is None


async def test_a_damaged_text_is_named_in_the_log_and_keeps_no_other(
    practice: Practice, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    record = await records_of(practice, tmp_path).make("one", NOTE)
    good, bad = record.seal(PLACE, "good"), record.seal(PLACE._replace(row_id="two"), "moved")
    with caplog.at_level(logging.ERROR):
        assert [record.read(PLACE, sealed) for sealed in (bad, good)] == [None, "good"]
    assert "clinical record one: The text of notes one (version 1) is not as it was" in caplog.text
    with pytest.raises(Damaged, match="clinical_text_damaged"):
        record.unseal(PLACE, bad)


async def test_a_key_that_was_moved_to_another_record_opens_nothing(
    practice: Practice, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    records = records_of(practice, tmp_path)
    await records.make("one", NOTE)
    await records.make("two", NOTE)
    one, _ = await rows(practice)
    async with practice.database.transaction() as tx:
        (await tx.get_one(ClinicalKey, "two")).wrapped_key = one.wrapped_key
    with pytest.raises(Unavailable, match="key_missing"):
        await records.find("two")
    assert "does not open clinical record two" in caplog.text
    assert await records.find("one") is not None


async def test_without_a_key_nothing_is_written_and_the_reason_is_told(
    practice: Practice, tmp_path: Path
) -> None:
    noted = Tombstones(tmp_path / "erased", ClinicalTombstone)
    records = Records(practice.database, None, RECORDINGS, noted, practice.clock)
    with pytest.raises(Unavailable, match="no_key"):
        await records.make("one", NOTE)


@pytest.mark.parametrize("ring", [RECORDINGS, CLINICAL])
async def test_a_rotation_exchanges_their_key_beside_the_server(
    practice: Practice, tmp_path: Path, ring: Ring
) -> None:
    keys = key_folder(tmp_path)
    if ring is CLINICAL:
        KeyFile.create(tmp_path / "keys" / "clinical.key")
        keys = KeyFolder.load(tmp_path / "keys" / "clinical.key")
    records, old = records_of(practice, tmp_path, keys, ring), keys.key_id
    made = {name: await records.make(name, NOTE) for name in ("one", "two", "three")}
    await erase(practice, records, "three")
    folder = KeyFolder.load(keys.path)
    done = await rotate_all(practice.database, folder, lambda: START, batch=1, ring=ring)
    assert (done.old, done.clinical, done.recordings, done.closed) == (old, 2, 0, [])
    assert {row.key_id for row in await rows(practice) if row.wrapped_key} == {done.new}
    again = await records.find("one")
    assert again == made["one"]
    await records.make("four", NOTE)
    [four] = [row for row in await rows(practice) if row.id == "four"]
    assert four.key_id == done.new


async def test_what_was_erased_stays_so_in_a_backup_of_before(
    practice: Practice, tmp_path: Path
) -> None:
    records = records_of(practice, tmp_path)
    await records.make("one", NOTE)
    await records.make("two", NOTE)
    before, _ = await rows(practice)
    await erase(practice, records, "one")
    for act in (records.find("one"), records.make("one", NOTE)):
        with pytest.raises(Conflict, match="clinical_text_erased"):
            await act
    async with practice.database.transaction() as tx:  # as a restore does
        row = await tx.get_one(ClinicalKey, "one")
        row.wrapped_key, row.erased_at = before.wrapped_key, None
        row.erased_by = row.erase_reason = None
    await records_of(practice, tmp_path).apply_tombstones()
    one, two = await rows(practice)
    assert (one.wrapped_key, one.erased_by) == (None, "compliance")
    assert (one.erase_reason, two.erased_at) == ("Asked for", None)


async def test_a_lost_file_of_tombstones_is_written_anew(
    practice: Practice, tmp_path: Path
) -> None:
    records = records_of(practice, tmp_path)
    await records.make("one", NOTE)
    await erase(practice, records, "one")
    path = tmp_path / "keys" / "erased-clinical"
    before = Tombstones(path, ClinicalTombstone).read()
    path.unlink()
    await records_of(practice, tmp_path).apply_tombstones()
    assert Tombstones(path, ClinicalTombstone).read() == before
    assert before.keys() == {"one"}


async def test_a_server_with_another_key_does_not_start(practice: Practice, tmp_path: Path) -> None:
    await records_of(practice, tmp_path).make("one", NOTE)
    KeyFile.create(tmp_path / "other" / "recording.key")
    other = KeyFolder.load(tmp_path / "other" / "recording.key")
    with pytest.raises(WrongKey, match=f"need key {key_folder(tmp_path).key_id}"):
        await settle_clinical_keys(practice.database, other, RECORDINGS, START)
    await settle_clinical_keys(practice.database, key_folder(tmp_path), RECORDINGS, START)


@pytest.mark.parametrize("enabled", [True, False])
async def test_what_was_written_opens_after_another_kind_of_key_was_chosen_and_back(
    practice: Practice, tmp_path: Path, enabled: bool
) -> None:
    public, own = tmp_path / "recording.pub", tmp_path / "keys" / "clinical.key"
    create_public(public, PrivateKey.new().public)

    async def server_of(kind: KeyKind) -> Records:
        section = config.Recording(
            enabled=enabled,
            keys=kind,
            key_file=tmp_path / "keys" / "recording.key",
            public_key_file=public,
        )
        settings = configuration(tmp_path, recording=section)
        keys = open_clinical_keys(settings, open_keys(settings.recording))
        assert keys is not None
        await settle_clinical_keys(practice.database, keys, ring_of(settings), START)
        noted = Tombstones(tmp_path / "keys" / "erased-clinical", ClinicalTombstone)
        return Records(practice.database, keys, ring_of(settings), noted, practice.clock)

    before = await (await server_of("file")).make("of_file", NOTE)
    with pytest.raises(KeyFileError):  # rather than none that opens what is there
        await server_of("sealed")
    KeyFile.create(own)
    sealed = await server_of("sealed")
    assert await sealed.find("of_file") == before
    made = await sealed.make("of_own", NOTE)
    back = await server_of("file")
    assert [await back.find(name) for name in ("of_file", "of_own")] == [before, made]
