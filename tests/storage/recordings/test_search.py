"""Recordings as compliance looks for them: by who took part, when, in which state, how long."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import CallParticipant, Recording, User
from storage.people import users
from storage.recordings import recordings, search
from storage.recordings.expiry import Before, Over
from storage.recordings.search import Wanted
from storage.retention import legal_holds
from storage.words import RecordingFilter, RecordingState
from tests.storage.practice import Practice, add_part, finished_call, record


async def add_user(tx: AsyncSession, practice: Practice, name: str) -> User:
    return await users.create(
        tx, username=name, name=name, role="provider", password_hash="x", now=practice.now
    )


async def add_recording(
    tx: AsyncSession,
    practice: Practice,
    room_id: str,
    *,
    minute: int = 0,
    seconds: float = 60,
    state: RecordingState = "complete",
    patient: User | None = None,
    provider: User | None = None,
) -> Recording:
    of = replace(
        practice, patient=patient or practice.patient, provider=provider or practice.provider
    )
    row = await record(tx, await finished_call(tx, of, room_id, minute))
    part = await add_part(tx, row, of.patient)
    part.duration_ms = round(seconds * 1000)
    recordings.extend(row, part)
    row.state = state
    await tx.flush()
    return row


async def invite(
    tx: AsyncSession, recording: Recording, guest: User, joined_at: datetime | None
) -> None:
    tx.add(
        CallParticipant(
            session_id=recording.session_id,
            user_id=guest.id,
            invited_at=recording.started_at,
            name=guest.name,
            side="interpreter",
            may_speak=True,
            may_show_camera=True,
            may_share_screen=False,
            may_chat=True,
            is_recorded=True,
            required=False,
            joined_at=joined_at,
        )
    )
    await tx.flush()


async def rooms(tx: AsyncSession, wanted: Wanted, limit: int = 2) -> list[str]:
    """Of all pages, each of few rows."""
    found: list[str] = []
    cursor = None
    while True:
        page = await search.newest(tx, wanted, cursor, limit)
        assert len(page.items) <= limit
        found += [summary.room_id for summary in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


async def test_somebody_is_found_on_whichever_side_they_took_part(
    tx: AsyncSession, practice: Practice
) -> None:
    kim, ann, noor = [await add_user(tx, practice, name) for name in ("Kim", "Ann", "Noor")]
    await add_recording(tx, practice, "as provider", minute=1, provider=kim)
    await add_recording(tx, practice, "as patient", minute=2, patient=kim)
    as_guest = await add_recording(tx, practice, "as guest", minute=3)
    await invite(tx, as_guest, kim, joined_at=practice.now)
    await invite(tx, as_guest, ann, joined_at=practice.now)
    declined = await add_recording(tx, practice, "declined", minute=4)
    await invite(tx, declined, kim, joined_at=None)
    assert await rooms(tx, Wanted(person_id=kim.id)) == ["as guest", "as patient", "as provider"]
    assert await rooms(tx, Wanted(person_id=ann.id)) == ["as guest"]
    assert await rooms(tx, Wanted(person_id=noor.id)) == []
    assert await rooms(tx, Wanted(person_id="nobody")) == []
    assert await rooms(tx, Wanted(patient_id=kim.id)) == ["as patient"]
    assert await rooms(tx, Wanted(provider_id=kim.id)) == ["as provider"]
    with_elena = Wanted(person_id=kim.id, provider_id=practice.provider.id)
    assert await rooms(tx, with_elena) == ["as guest", "as patient"]
    assert await rooms(tx, Wanted(person_id=kim.id, provider_id=kim.id)) == ["as provider"]
    with_alex = Wanted(person_id=kim.id, patient_id=practice.patient.id)
    assert await rooms(tx, with_alex) == ["as guest", "as provider"]
    theirs = Wanted(patient_id=practice.patient.id, provider_id=kim.id)
    assert await rooms(tx, theirs) == ["as provider"]


async def test_a_guest_of_many_calls_is_found_as_well(
    tx: AsyncSession, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim = await add_user(tx, practice, "Kim")
    for number in range(5):
        row = await add_recording(tx, practice, f"{number}", minute=number)
        if number != 2:
            await invite(tx, row, kim, joined_at=practice.now)
    gathered = await rooms(tx, Wanted(person_id=kim.id))
    monkeypatch.setattr(search, "FEW_CALLS", 3)
    assert await rooms(tx, Wanted(person_id=kim.id)) == gathered == ["4", "3", "1", "0"]


async def test_a_time_has_its_beginning_and_not_its_end(
    tx: AsyncSession, practice: Practice
) -> None:
    for minute in range(4):
        await add_recording(tx, practice, f"{minute}", minute=minute)
    begin, end = (practice.now + timedelta(minutes=minute) for minute in (1, 3))
    assert await rooms(tx, Wanted(begin=begin, end=end)) == ["2", "1"]
    assert await rooms(tx, Wanted(begin=end)) == ["3"]
    assert await rooms(tx, Wanted(end=begin)) == ["0"]


async def test_a_length_is_one_of_whole_seconds(tx: AsyncSession, practice: Practice) -> None:
    for number, seconds in enumerate((89.999, 90, 90.999, 91)):
        await add_recording(tx, practice, f"{seconds}", minute=number, seconds=seconds)
    assert await rooms(tx, Wanted(min_seconds=90)) == ["91", "90.999", "90"]
    assert await rooms(tx, Wanted(max_seconds=90)) == ["90.999", "90", "89.999"]
    assert await rooms(tx, Wanted(min_seconds=90, max_seconds=90)) == ["90.999", "90"]
    assert await rooms(tx, Wanted(min_seconds=92)) == []


IN_STATE: dict[RecordingFilter, list[str]] = {
    "recording": ["recording"],
    "sealed": ["complete", "held", "old"],
    "recovered": ["recovered"],
    "torn": ["torn"],
    "failed": ["failed"],
    "erased": ["erased"],
    "on_hold": ["held"],
    "expiring": ["old"],
}


async def in_each_state(tx: AsyncSession, practice: Practice) -> Before:
    """One of each; what says which of them expire."""
    old = await add_recording(tx, practice, "old")
    held = await add_recording(tx, practice, "held", minute=1)
    states: tuple[RecordingState, ...] = get_args(RecordingState)
    for minute, state in enumerate(states, 2):
        await add_recording(tx, practice, state, minute=minute, state=state)
    by = practice.provider.id
    await legal_holds.place(tx, held.id, by=by, reason="A complaint", now=practice.now)
    assert held.started_at > old.started_at
    return Before(video=Over(held.started_at), audio=None)


@pytest.mark.parametrize("of_whom", ["anybody", "the provider", "the patient"])
async def test_every_state_is_found_and_several_at_once(
    tx: AsyncSession, practice: Practice, of_whom: str
) -> None:
    whose = {
        "anybody": Wanted(),
        "the provider": Wanted(provider_id=practice.provider.id),
        "the patient": Wanted(person_id=practice.patient.id),
    }
    wanted = replace(whose[of_whom], expiring=await in_each_state(tx, practice))
    assert set(IN_STATE) == {*get_args(RecordingFilter)}
    for state, found in IN_STATE.items():
        assert await rooms(tx, replace(wanted, states=[state])) == found, state
    several = replace(wanted, states=["torn", "sealed", "on_hold", "expiring"])
    assert await rooms(tx, several) == ["torn", "complete", "held", "old"], "each once"
    assert await rooms(tx, replace(several, expiring=None)) == ["torn", "complete", "held", "old"]
    assert await rooms(tx, replace(wanted, states=["expiring"], expiring=None)) == []


async def test_pages_neither_lose_nor_repeat_what_began_at_one_instant(
    tx: AsyncSession, practice: Practice
) -> None:
    for number in range(7):
        await add_recording(tx, practice, f"{number}", minute=number // 4, state="torn")
    every = await rooms(tx, Wanted(), limit=9)
    assert len(every) == 7
    for wanted in (
        Wanted(),
        Wanted(states=["torn", "on_hold"]),
        Wanted(person_id=practice.patient.id, min_seconds=60),
    ):
        assert await rooms(tx, wanted, limit=1) == await rooms(tx, wanted, limit=3) == every


async def test_what_is_searched_follows_what_becomes_of_a_recording(
    tx: AsyncSession, practice: Practice
) -> None:
    """Holds are placed on what another server carries, too: of the row, only its search changes."""
    row = await add_recording(tx, practice, "room", seconds=10)
    who, now = {"by": practice.provider.id}, practice.now
    hold = await legal_holds.place(tx, row.id, **who, reason="A complaint", now=now)
    assert await rooms(tx, Wanted(states=["on_hold"])) == ["room"]
    await legal_holds.release(tx, hold.id, **who, reason="The case is closed", now=now)
    assert await rooms(tx, Wanted(states=["on_hold"])) == []
    later = await add_part(tx, row, practice.provider, offset_ms=30_000)
    assert await rooms(tx, Wanted(min_seconds=30)) == ["room"]
    later.duration_ms = 5_000
    recordings.extend(row, later)
    await tx.flush()
    assert await rooms(tx, Wanted(min_seconds=35, max_seconds=35)) == ["room"]
