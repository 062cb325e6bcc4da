"""Who was invited to a call, who took part, and as what."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.calls import call_participants, telemedicine_sessions
from storage.models import CallParticipant, TelemedicineSession, User
from storage.people import users
from tests.storage.practice import Practice, ring
from tests.support.stored import participants_of_call


async def interpreter(tx: AsyncSession, now: datetime) -> User:
    return await users.create(
        tx, username="ines", name="Ines", role="provider", password_hash="x", now=now
    )


def invited(session: TelemedicineSession, user: User, at: datetime) -> CallParticipant:
    return CallParticipant(
        session_id=session.id,
        user_id=user.id,
        invited_at=at,
        invited_by=session.provider_id,
        name=user.name,
        side="interpreter",
        may_speak=True,
        may_show_camera=True,
        may_share_screen=False,
        may_chat=True,
        is_recorded=True,
        required=False,
    )


async def test_a_call_begins_with_its_provider_and_an_invited_patient(
    tx: AsyncSession, practice: Practice
) -> None:
    session = await ring(tx, practice, "room-1")
    provider, patient = await participants_of_call(tx, session.id)
    assert (provider.user_id, provider.side, provider.joined_at) == (
        practice.provider.id,
        "provider",
        practice.now,
    )
    assert (patient.user_id, patient.side, patient.joined_at) == (
        practice.patient.id,
        "patient",
        None,
    )
    assert (provider.invited_by, patient.invited_by) == (None, practice.provider.id)
    assert (provider.may_share_screen, patient.may_share_screen) == (True, False)
    assert (provider.name, patient.name) == ("Dr. Rivera", "Sam Lee")


async def test_what_is_written_again_is_the_same_row(tx: AsyncSession, practice: Practice) -> None:
    session, now = await ring(tx, practice, "room-1"), practice.now
    user = await interpreter(tx, now)
    for joined_at in (None, now + timedelta(seconds=9)):
        row = invited(session, user, now + timedelta(seconds=1))
        row.joined_at = joined_at
        await call_participants.put(tx, row)
        assert await call_participants.has_joined(tx, session.id, user.id) == (
            joined_at is not None
        )
    found = await participants_of_call(tx, session.id)
    assert [(row.side, row.joined_at) for row in found[2:]] == [
        ("interpreter", now + timedelta(seconds=9))
    ]


async def test_nobody_is_in_a_call_twice_but_may_be_invited_again(
    tx: AsyncSession, practice: Practice
) -> None:
    session, now = await ring(tx, practice, "room-1"), practice.now
    user = await interpreter(tx, now)
    first = invited(session, user, now)
    first.left_at, first.left_reason = now + timedelta(seconds=1), "declined"
    await call_participants.put(tx, first)
    await call_participants.put(tx, invited(session, user, now + timedelta(seconds=2)))
    entries = [row.user_id for row in await participants_of_call(tx, session.id)]
    assert entries.count(user.id) == 2
    with pytest.raises(IntegrityError):
        await call_participants.put(tx, invited(session, user, now + timedelta(seconds=3)))


@pytest.mark.parametrize(
    ("status", "of_patient"),
    [("ended", "call_ended"), ("declined", "declined"), ("missed", "missed")],
)
async def test_everybody_leaves_a_call_that_is_over(
    tx: AsyncSession, practice: Practice, status: str, of_patient: str
) -> None:
    session = await ring(tx, practice, "room-1")
    ended_at = practice.now + timedelta(minutes=3)
    session.call_status, session.ended_at = status, ended_at  # type: ignore[assignment]
    await call_participants.all_leave(tx, session)
    left = [(row.left_at, row.left_reason) for row in await participants_of_call(tx, session.id)]
    assert left == [(ended_at, "call_ended"), (ended_at, of_patient)]


async def test_a_side_that_does_not_exist_is_refused(tx: AsyncSession, practice: Practice) -> None:
    row = invited(
        await ring(tx, practice, "room-1"), await interpreter(tx, practice.now), practice.now
    )
    row.side = "visitor"  # type: ignore[assignment]
    with pytest.raises(IntegrityError):
        await call_participants.put(tx, row)


async def test_history_has_calls_that_one_joined_as_somebody_else(
    tx: AsyncSession, practice: Practice
) -> None:
    user = await interpreter(tx, practice.now)
    for number in range(3):
        session = await ring(tx, practice, f"room-{number}", minutes_later=number)
        session.call_status = "ended"
        row = invited(session, user, session.created_at)
        row.joined_at = session.created_at if number else None
        await call_participants.put(tx, row)
    first = await telemedicine_sessions.history(tx, user.id, limit=1)
    rest = await telemedicine_sessions.history(tx, user.id, cursor=first.next_cursor)
    assert [call.session.room_id for call in (*first.items, *rest.items)] == ["room-2", "room-1"]
