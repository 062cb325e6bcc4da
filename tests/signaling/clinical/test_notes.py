"""Private notes on both databases: kept as they are written, read by their author alone."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from signaling.calls import leaving
from signaling.clinical.notes.notes import Notes
from signaling.clinical.notes.resources import WriteNote
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Conflict, Damaged, NotFound
from storage import models
from storage.models import ClinicalKey
from tests.signaling.clinical.test_records import records_of
from tests.signaling.practice import Practice, all_written, audit_log_away, open_practice
from tests.support.stored import all_events

TEXT = "Slept badly. Asked about the dose. \U0001f614"


@pytest.fixture
async def practice(tmp_path: Path, database_url: str) -> AsyncIterator[Practice]:
    async with open_practice(tmp_path, database_url=database_url) as practice:
        yield practice


@pytest.fixture
def notes(practice: Practice, tmp_path: Path) -> Notes:
    records = records_of(practice, tmp_path)
    return Notes(practice.database, records, practice.repeats, practice.clock)


async def write(
    notes: Notes, actor: Actor, room_id: str, text: str = TEXT, version: int = 0
) -> int:
    return (await notes.write(actor, room_id, WriteNote(text=text, version=version))).version


async def rows(practice: Practice) -> list[models.Note]:
    async with practice.database.reading() as tx:
        return list(await tx.scalars(sa.select(models.Note).order_by(models.Note.created_at)))


async def test_a_note_is_kept_sealed_and_comes_back_after_the_call(
    practice: Practice, notes: Notes
) -> None:
    room_id, _, _ = await practice.running()
    assert (await notes.read(practice.provider, room_id)).version == 0
    assert await write(notes, practice.provider, room_id) == 1
    assert await write(notes, practice.provider, room_id, TEXT * 2, 1) == 2
    await leaving.hang_up(practice.calls, practice.provider, room_id)
    await all_written(practice.calls)
    found = await notes.read(practice.provider, room_id)
    assert (found.text, found.version, found.updated_at) == (TEXT * 2, 2, practice.clock.now())
    [row] = await rows(practice)
    assert b"Slept" not in row.sealed
    assert row.characters == len(TEXT * 2)
    listed = (await notes.on_patient(practice.provider, "patient")).notes
    assert [(one.room_id, one.characters) for one in listed] == [(room_id, len(TEXT * 2))]


async def test_nobody_but_its_author_reads_it(practice: Practice, notes: Notes) -> None:
    """Others do not even reach these methods but with the role of a provider."""
    room_id, _, _ = await practice.running()
    await write(notes, practice.provider, room_id)
    for stranger in (practice.other_provider, practice.admin, practice.compliance):
        for act in (
            notes.read(stranger, room_id),
            notes.write(stranger, room_id, WriteNote(text="", version=1)),
            notes.erase(stranger, room_id),
        ):
            with pytest.raises(NotFound, match="unknown_room"):
                await act
        assert (await notes.on_patient(stranger, "patient")).notes == []
    patients = await notes.read(practice.patient, room_id)
    assert (patients.text, patients.version) == ("", 0)


async def test_of_two_tabs_the_second_is_refused_and_reads_what_the_first_wrote(
    practice: Practice, notes: Notes
) -> None:
    room_id, _, _ = await practice.running()
    first = await asyncio.gather(
        *(write(notes, practice.provider, room_id, text) for text in ("one", "two")),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in first) == ["Conflict", "int"]
    kept = await notes.read(practice.provider, room_id)
    assert (kept.text in {"one", "two"}, kept.version) == (True, 1)
    with pytest.raises(Conflict, match="note_changed"):
        await write(notes, practice.provider, room_id, "stale", 0)
    assert await write(notes, practice.provider, room_id, "both", kept.version) == 2


async def test_a_note_that_was_changed_or_put_back_is_refused_and_another_is_read(
    practice: Practice, notes: Notes, caplog: pytest.LogCaptureFixture
) -> None:
    room_id, _, _ = await practice.running()
    await write(notes, practice.provider, room_id)
    [before] = await rows(practice)
    await write(notes, practice.provider, room_id, "newer", 1)
    async with practice.database.transaction() as tx:
        (await tx.get_one(models.Note, before.id)).sealed = before.sealed
    with caplog.at_level(logging.ERROR), pytest.raises(Damaged):
        await notes.read(practice.provider, room_id)
    assert f"The text of notes {before.id} (version 2) is not as it was written" in caplog.text


async def test_an_erased_note_is_gone_with_its_key_and_another_can_be_begun(
    practice: Practice, notes: Notes
) -> None:
    room_id, _, _ = await practice.running()
    await write(notes, practice.provider, room_id)
    [row] = await rows(practice)
    await notes.erase(practice.provider, room_id)
    assert await rows(practice) == []
    async with practice.database.reading() as tx:
        key = await tx.get_one(ClinicalKey, row.id)
    assert (key.wrapped_key, key.erased_by) == (None, "provider")
    with pytest.raises(NotFound, match="unknown_note"):
        await notes.erase(practice.provider, room_id)
    assert await write(notes, practice.provider, room_id, "anew") == 1
    actions = await practice.actions(room_id)
    assert [action for action in actions if action.startswith(("note.", "clinical."))] == [
        "note.written",
        "clinical.erased",
    ], "what follows within a minute is told together"


async def test_each_reading_and_writing_is_in_the_log_with_how_often(
    practice: Practice, notes: Notes
) -> None:
    room_id, _, _ = await practice.running()
    for version in range(3):
        await write(notes, practice.provider, room_id, str(version), version)
        await notes.read(practice.provider, room_id)
    await practice.repeats.close()
    told = [event for event in await practice.log(room_id) if event.action.startswith("note.")]
    assert sorted((event.action, event.detail.get("count", 1)) for event in told) == [
        ("note.read", 1),
        ("note.read", 2),
        ("note.written", 1),
        ("note.written", 2),
    ]


async def test_no_note_is_kept_that_the_log_does_not_tell(practice: Practice, notes: Notes) -> None:
    room_id, _, _ = await practice.running()
    await all_written(practice.calls)
    async with audit_log_away(practice):
        with pytest.raises(DBAPIError):
            await write(notes, practice.provider, room_id)
    assert await rows(practice) == []
    assert await write(notes, practice.provider, room_id) == 1
    assert "note.written" in await practice.actions(room_id)


async def test_whose_notes_were_listed_is_in_the_log_of_each_patient(
    practice: Practice, notes: Notes
) -> None:
    room_id, _, _ = await practice.running()
    await write(notes, practice.provider, room_id)
    for patient_id in ("patient", "patient", "other_patient"):
        await notes.on_patient(practice.provider, patient_id)
    await practice.repeats.close()
    listed = [
        (event.subject.id, event.detail)
        for event in await all_events(practice.database)
        if event.action == "note.listed" and event.subject is not None
    ]
    assert sorted((whose, detail["rows"]) for whose, detail in listed) == [
        ("other_patient", 0),
        ("patient", 1),
        ("patient", 1),
    ]
