"""What the database keeps of a recording that was erased, and what not."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.calls import telemedicine_sessions
from storage.database import Database
from storage.models import Recording
from storage.people import playback_grants
from storage.people.playback_grants import Standing, Why
from storage.recordings import expiry, recordings, search
from storage.recordings.expiry import Before, Over
from storage.recordings.search import Wanted
from storage.retention import erasures, legal_holds
from storage.vault.tombstones import Tombstone
from tests.storage.practice import Practice, add_part, finished_call, record


async def erased(tx: AsyncSession, practice: Practice) -> Recording:
    recording = await record(tx, await finished_call(tx, practice, "room-1"))
    part = await add_part(tx, recording, practice.patient)
    part.state = "sealed"
    tombstone = Tombstone(recording_id=recording.id, erased_at=practice.now, basis="request")
    await erasures.erase(tx, await recordings.for_change(tx, recording.id), tombstone)
    return recording


async def test_an_erased_recording_has_no_key_and_is_found_all_the_same(
    tx: AsyncSession, practice: Practice
) -> None:
    kept = await record(tx, await finished_call(tx, practice, "room-0"))
    await add_part(tx, kept, practice.provider)
    recording = await erased(tx, practice)
    row = (
        await tx.execute(sa.text("SELECT wrapped_key, mac FROM recordings WHERE state = 'erased'"))
    ).one()
    assert tuple(row) == (None, None)
    for found in (
        await search.newest(tx, Wanted(states=["erased"])),
        await search.newest(tx, Wanted(person_id=practice.patient.id, states=["erased"])),
    ):
        assert [summary.recording.id for summary in found.items] == [recording.id]
    assert len((await search.newest(tx, Wanted())).items) == 2
    call = await telemedicine_sessions.by_room(tx, "room-1")
    assert call
    assert not call.has_recording, "there is nothing to play"
    newest = await recordings.newest(tx)
    assert newest is kept, "it needs no key"
    assert [part.recording_id for part in await recordings.all_files(tx)] == [kept.id]
    assert [path.split("/")[0] for path in await recordings.newest_paths(tx, 9)] == [kept.id]
    [path] = await erasures.all_paths(tx)
    assert path.startswith(recording.id)


async def test_the_key_file_of_an_erased_recording_is_needed_no_more(
    tx: AsyncSession, practice: Practice
) -> None:
    await erased(tx, practice)
    assert (await recordings.key_ids(tx), await recordings.newest(tx)) == ([], None)


async def test_what_was_permitted_of_it_ends(tx: AsyncSession, practice: Practice) -> None:
    recording = await record(tx, await finished_call(tx, practice, "room-1"))
    grant, now = {"holder_id": practice.provider.id, "recording_id": recording.id}, practice.now
    grant_id, _ = await playback_grants.create(
        tx,
        holder_id=practice.provider.id,
        recording_id=recording.id,
        why=Why("TREAT"),
        now=now,
    )
    standing = await playback_grants.standing(tx, grant_id, **grant, now=now)
    assert standing == Standing("provider", Why("TREAT"))
    tombstone = Tombstone(recording_id=recording.id, erased_at=practice.now, basis="request")
    await erasures.erase(tx, await recordings.for_change(tx, recording.id), tombstone)
    assert await playback_grants.standing(tx, grant_id, **grant, now=now) is None


async def test_nobody_is_named_in_its_gaps_any_more(tx: AsyncSession, practice: Practice) -> None:
    recording = await record(tx, await finished_call(tx, practice, "room-1"))
    asked = {"user_id": practice.patient.id, "name": "Sam Lee", "side": "patient"}
    gap = {"offset_ms": 0, "duration_ms": 9, "reason": "off_the_record"}
    recording.gaps = [{**gap, "requests": [{**asked, "begin_ms": 0, "end_ms": 9}]}]
    tombstone = Tombstone(recording_id=recording.id, erased_at=practice.now, basis="request")
    await erasures.erase(tx, await recordings.for_change(tx, recording.id), tombstone)
    assert recording.gaps == [{**gap, "requests": []}]


async def test_that_the_files_are_gone_is_noted_once(tx: AsyncSession, practice: Practice) -> None:
    recording = await erased(tx, practice)
    assert [found.recording_id for found in await erasures.unfinished(tx)] == [recording.id]
    assert await erasures.files_are_deleted(tx, recording.id, practice.now)
    assert not await erasures.files_are_deleted(tx, recording.id, practice.now)
    assert await erasures.unfinished(tx) == []
    found = await erasures.of_recording(tx, recording.id)
    assert found
    assert found[1] == practice.now


@pytest.mark.parametrize("change", ["UPDATE {} SET recording_id = 'another'", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["erasures", "files_deleted"])
async def test_nothing_of_the_record_changes(
    tx: AsyncSession, practice: Practice, table: str, change: str
) -> None:
    recording = await erased(tx, practice)
    await erasures.files_are_deleted(tx, recording.id, practice.now)
    with pytest.raises(DBAPIError, match=f"{table} is append-only"):
        await tx.execute(sa.text(change.format(table)))


async def test_what_has_expired_is_found_by_kind_and_not_if_it_is_held_or_gone(
    tx: AsyncSession, practice: Practice
) -> None:
    await erased(tx, practice)
    kinds = {}
    for audio_only in (True, False):
        session = await finished_call(tx, practice, f"audio {audio_only}")
        session.audio_only = audio_only
        kinds[audio_only] = await record(tx, session)
        kinds[audio_only].state = "complete"
    await record(tx, await finished_call(tx, practice, "still recorded"))
    began = kinds[True].started_at
    for video, audio, found in (
        (began, None, [kinds[False].id]),
        (None, began, [kinds[True].id]),
        (None, began - timedelta(seconds=1), []),
        (None, None, []),
    ):
        before = Before(video=Over(video) if video else None, audio=Over(audio) if audio else None)
        assert await expiry.expired(tx, before, 9) == found
        listed = await search.newest(tx, Wanted(states=["expiring"], expiring=before))
        assert [one.recording.id for one in listed.items] == found
    by, now = practice.provider.id, practice.now
    await legal_holds.place(tx, kinds[True].id, by=by, reason="why", now=now)
    assert await expiry.expired(tx, Before(video=None, audio=Over(began)), 9) == []


async def test_one_transaction_at_a_time_erases_what_has_expired(database: Database) -> None:
    async with database.transaction() as tx:
        assert await erasures.is_mine(tx)
        if not database.held_alone:
            async with database.transaction() as other:
                assert not await erasures.is_mine(other)
    async with database.transaction() as tx:
        assert await erasures.is_mine(tx)


async def test_which_of_many_are_still_there_is_told(tx: AsyncSession, practice: Practice) -> None:
    gone = await erased(tx, practice)
    kept = await record(tx, await finished_call(tx, practice, "room-0"))
    others = [f"unknown{number}" for number in range(erasures.AT_ONCE)]
    assert await erasures.undone(tx, [*others, gone.id, kept.id]) == [kept.id]
