from datetime import datetime

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.calls import telemedicine_sessions
from storage.database import Database
from storage.errors import InvalidCursor, UnfinishedCallExists
from storage.people import users
from storage.words import PartState
from tests.storage.practice import Practice, add_part, finished_call, open_practice, record, ring


async def test_a_new_call_rings_and_shows_both_names(tx: AsyncSession, practice: Practice) -> None:
    created = await ring(tx, practice, "room-1")
    found = await telemedicine_sessions.by_room(tx, "room-1", for_update=True)
    assert found is not None
    assert found.session is created
    assert (found.patient_name, found.provider_name, found.has_recording) == (
        "Sam Lee",
        "Dr. Rivera",
        False,
    )
    assert (created.call_status, created.recording_enabled, created.bandwidth_used) == (
        "initiated",
        True,
        0,
    )
    assert (created.recording_consent_given, created.started_at, created.connection_quality) == (
        None,
        None,
        None,
    )


async def test_an_unknown_room_is_none(tx: AsyncSession) -> None:
    assert await telemedicine_sessions.by_room(tx, "nowhere") is None


async def test_changes_of_a_loaded_row_are_kept(database: Database, now: datetime) -> None:
    async with database.transaction() as tx:
        await ring(tx, await open_practice(tx, now), "room-1")
    async with database.transaction() as tx:
        found = await telemedicine_sessions.by_room(tx, "room-1")
        assert found is not None
        found.session.call_status, found.session.started_at = "active", now
        found.session.bandwidth_used = 3 << 32
    async with database.transaction() as tx:
        found = await telemedicine_sessions.by_room(tx, "room-1")
    assert found is not None
    assert (found.session.call_status, found.session.started_at) == ("active", now)
    assert found.session.bandwidth_used == 3 << 32


async def test_a_patient_has_one_unfinished_call(tx: AsyncSession, practice: Practice) -> None:
    first = await ring(tx, practice, "room-1")
    with pytest.raises(UnfinishedCallExists):
        await ring(tx, practice, "room-2")
    first.call_status = "active"
    await tx.flush()
    with pytest.raises(UnfinishedCallExists):
        await ring(tx, practice, "room-2")
    first.call_status = "ended"
    await tx.flush()
    await ring(tx, practice, "room-2")


async def test_a_room_id_is_used_once(tx: AsyncSession, practice: Practice) -> None:
    await finished_call(tx, practice, "room-1")
    with pytest.raises(IntegrityError):
        await ring(tx, practice, "room-1")


@pytest.mark.parametrize(
    ("column", "value"), [("call_status", "ringing"), ("connection_quality", "perfect")]
)
async def test_a_word_that_does_not_exist_is_refused(
    tx: AsyncSession, practice: Practice, column: str, value: str
) -> None:
    session = await ring(tx, practice, "room-1")
    setattr(session, column, value)
    with pytest.raises(IntegrityError):
        await tx.flush()


async def test_an_unknown_patient_is_refused(tx: AsyncSession, practice: Practice) -> None:
    with pytest.raises(IntegrityError):
        await telemedicine_sessions.create(
            tx,
            patient_id="nobody",
            provider_id=practice.provider.id,
            room_id="room",
            recording_enabled=False,
            audio_only=False,
            now=practice.now,
            invitation_expires_at=practice.now,
        )


async def test_history_is_newest_first_and_complete_over_pages(
    tx: AsyncSession, practice: Practice
) -> None:
    # four calls of one instant: the id decides, none is skipped or repeated at a page's end
    for number, minutes in enumerate([0, 5, 5, 5, 5, 9, 12]):
        await finished_call(tx, practice, f"room-{number}", minutes)
    seen, cursor = [], None
    while True:
        page = await telemedicine_sessions.history(tx, practice.patient.id, cursor=cursor, limit=2)
        seen += [call.session for call in page.items]
        if (cursor := page.next_cursor) is None:
            break
        assert len(page.items) == 2
    assert sorted(call.room_id for call in seen) == [f"room-{number}" for number in range(7)]
    assert seen == sorted(seen, key=lambda call: (call.created_at, call.id), reverse=True)


async def test_history_tells_of_recordings_and_of_ones_own_calls_only(
    tx: AsyncSession, practice: Practice
) -> None:
    part = await add_part(
        tx, await record(tx, await finished_call(tx, practice, "room-1")), practice.patient
    )
    part.state = "sealed"
    await finished_call(tx, practice, "room-2", minutes_later=1)
    other = await users.create(
        tx, username="o", name="O", role="provider", password_hash="x", now=practice.now
    )
    for user, expected in (
        (practice.patient.id, 2),
        (practice.provider.id, 2),
        (other.id, 0),
        (None, 2),
    ):
        assert len((await telemedicine_sessions.history(tx, user)).items) == expected
    history = await telemedicine_sessions.history(tx, practice.patient.id)
    assert [(call.session.room_id, call.has_recording) for call in history.items] == [
        ("room-2", False),
        ("room-1", True),
    ]
    assert history.next_cursor is None


async def test_a_recording_is_told_of_from_its_first_playable_part_on(
    tx: AsyncSession, practice: Practice
) -> None:
    recording = await record(tx, await finished_call(tx, practice, "room-1"))
    parts = [await add_part(tx, recording, practice.patient) for _ in range(2)]
    told = []
    states: tuple[PartState, ...] = ("recording", "lost", "recovered")
    for state in states:
        parts[1].state = state
        await tx.flush()
        found = await telemedicine_sessions.by_room(tx, "room-1")
        told.append(found and found.has_recording)
    assert told == [False, False, True]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "%",
        "bm90IGEgY3Vyc29y",
        "MjAyNi0wMS0wMSB4",
        "MjAyNi0wMS0wMVQwMDowMDowMCswMDowMCA=",
        # 0001-01-01T00:00:00+23:59 x: before the first instant there is.
        "MDAwMS0wMS0wMVQwMDowMDowMCsyMzo1OSB4",
        "MjAyNi0wMS0wMVQwMDowMDowMCswMDowMCAA",  # 2026-01-01T00:00:00+00:00 and a NUL
    ],
)
async def test_a_cursor_of_somebody_elses_making_is_an_error(tx: AsyncSession, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        await telemedicine_sessions.history(tx, "x", cursor=cursor)
