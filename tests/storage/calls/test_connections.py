"""How well everybody in a call was connected, a row for each change."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.calls import connections
from storage.models import ConnectionChange
from storage.words import Condition
from tests.storage.practice import Practice, ring

SECOND = timedelta(seconds=1)


async def test_each_lasts_until_the_next_one_or_the_end_of_the_call(
    tx: AsyncSession, practice: Practice
) -> None:
    session = await ring(tx, practice, "room-1")
    provider, patient, now = practice.provider, practice.patient, practice.now
    await connections.change(tx, session.id, now, {provider.id: "good", patient.id: "excellent"})
    await connections.change(tx, session.id, now + 20 * SECOND, {patient.id: "lost"})
    found = await connections.of_session(tx, session.id)
    assert {(one.user_id, one.condition, one.ended_at) for one in found} == {
        (provider.id, "good", None),
        (patient.id, "excellent", now + 20 * SECOND),
        (patient.id, "lost", None),
    }
    session.ended_at = now + 60 * SECOND
    await tx.flush()
    found = await connections.of_session(tx, session.id)
    assert {
        (one.name, one.side, one.ended_at) for one in found if one.condition != "excellent"
    } == {
        (provider.name, "provider", now + 60 * SECOND),
        (patient.name, "patient", now + 60 * SECOND),
    }


async def test_nothing_is_told_of_whoever_has_left(tx: AsyncSession, practice: Practice) -> None:
    session = await ring(tx, practice, "room-1")
    patient, now = practice.patient.id, practice.now
    changes: list[tuple[int, Condition | None]] = [(0, "good"), (5, None), (9, "fair")]
    for seconds, condition in changes:
        await connections.change(tx, session.id, now + seconds * SECOND, {patient: condition})
    found = await connections.of_session(tx, session.id)
    assert [(one.condition, one.began_at, one.ended_at) for one in found] == [
        ("good", now, now + 5 * SECOND),
        ("fair", now + 9 * SECOND, None),
    ]


async def test_what_is_written_twice_is_one_row(tx: AsyncSession, practice: Practice) -> None:
    session = await ring(tx, practice, "room-1")
    for _ in range(2):
        await connections.change(tx, session.id, practice.now, {practice.patient.id: "poor"})
    assert await tx.scalar(select(func.count()).select_from(ConnectionChange)) == 1
