import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.people import users
from storage.recordings import recordings, search, summaries
from storage.recordings.search import Wanted
from tests.storage.practice import Practice, add_part, finished_call, record


async def test_a_recording_sums_up_its_parts(tx: AsyncSession, practice: Practice) -> None:
    recording = await record(tx, await finished_call(tx, practice, "room-1"))
    first = await add_part(tx, recording, practice.patient, offset_ms=100)
    second = await add_part(tx, recording, practice.provider, offset_ms=3000)
    first.duration_ms, first.size_bytes = 5000, 6 << 32
    first.seek_header, first.body_offset = b"h" * 300, 200
    second.duration_ms, second.size_bytes = 1500, 1000
    for part in (first, second):
        recordings.extend(recording, part)
    assert first.playable_bytes == (6 << 32) + 100
    await tx.flush()
    summary = await summaries.by_id(tx, recording.id)
    assert summary is not None
    assert summary.recording is recording
    assert (summary.room_id, summary.patient_name, summary.provider_name) == (
        "room-1",
        "Sam Lee",
        "Dr. Rivera",
    )
    assert (recording.duration_ms, summary.size_bytes) == (
        5100,
        first.playable_bytes + second.playable_bytes,
    )
    assert type(summary.size_bytes) is int


async def test_a_recording_names_its_guests(tx: AsyncSession, practice: Practice) -> None:
    with_guest = await record(tx, await finished_call(tx, practice, "room-1"))
    without = await record(tx, await finished_call(tx, practice, "room-2"))
    for name in ("Noor", "Ann"):
        guest = await users.create(
            tx, username=name, name=name, role="patient", password_hash="x", now=practice.now
        )
        for offset_ms in (0, 500):
            await add_part(tx, with_guest, guest, offset_ms)
    for person in (practice.patient, practice.provider):
        await add_part(tx, with_guest, person)
        await add_part(tx, without, person)
    found = (await search.newest(tx, Wanted())).items
    listed = {summary.recording.id: summary.guest_names for summary in found}
    assert listed == {with_guest.id: ["Ann", "Noor"], without.id: []}


async def test_a_recording_without_parts_is_empty(tx: AsyncSession, practice: Practice) -> None:
    recording = await record(tx, await finished_call(tx, practice, "room-1"))
    summary = await summaries.by_id(tx, recording.id)
    assert summary is not None
    assert (recording.duration_ms, summary.size_bytes, recording.state) == (0, 0, "recording")
    assert await summaries.by_id(tx, "unknown") is None


async def test_parts_come_in_order_with_who_is_in_them(
    tx: AsyncSession, practice: Practice
) -> None:
    recording = await record(tx, await finished_call(tx, practice, "room-1"))
    late = await add_part(tx, recording, practice.provider, offset_ms=10)
    early = await add_part(tx, recording, practice.patient, offset_ms=0)
    parts = await recordings.parts(tx, recording.id)
    assert [(part.part, part.participant_name, part.participant_side) for part in parts] == [
        (early, "Sam Lee", "patient"),
        (late, "Dr. Rivera", "provider"),
    ]
    assert await recordings.part_by_id(tx, late.id) is late
    assert await recordings.part_by_id(tx, "unknown") is None


async def test_recordings_are_listed_newest_first_over_pages(
    tx: AsyncSession, practice: Practice
) -> None:
    for number in range(5):
        await record(
            tx, await finished_call(tx, practice, f"room-{number}", minutes_later=number // 2)
        )
    first = await search.newest(tx, Wanted(), limit=3)
    rest = await search.newest(tx, Wanted(), first.next_cursor, limit=3)
    listed = [summary.recording for summary in (*first.items, *rest.items)]
    assert len({recording.id for recording in listed}) == 5
    assert listed == sorted(
        listed, key=lambda recording: (recording.started_at, recording.id), reverse=True
    )
    assert rest.next_cursor is None


async def test_two_parts_never_share_a_file(tx: AsyncSession, practice: Practice) -> None:
    recording = await record(tx, await finished_call(tx, practice, "room-1"))
    first = await add_part(tx, recording, practice.patient)
    second = await add_part(tx, recording, practice.patient)
    second.path = first.path
    with pytest.raises(IntegrityError):
        await tx.flush()
