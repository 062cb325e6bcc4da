"""The database itself keeps people from having two appointments at a time."""

from datetime import timedelta

import pytest
from sqlalchemy import event, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.appointments import appointments
from storage.appointments.appointments import Span
from storage.models import Appointment
from storage.people import users
from tests.storage.practice import Practice

HOUR = timedelta(hours=1)


async def add(
    tx: AsyncSession, practice: Practice, hours: float, patient: str | None = None
) -> Appointment:
    begins = practice.now + hours * HOUR
    row = await appointments.add(
        tx,
        provider_id=practice.provider.id,
        patient_id=patient or practice.patient.id,
        span=Span(begins, begins + HOUR),
        time_zone="Europe/Berlin",
        topic=None,
        by=practice.provider.id,
        now=practice.now,
    )
    await tx.flush()
    return row


async def somebody_else(tx: AsyncSession, practice: Practice) -> str:
    made = await users.create(
        tx, username="ann", name="Ann", role="patient", password_hash="x", now=practice.now
    )
    return made.id


@pytest.mark.parametrize("hours", [0.5, 0, -0.5])
async def test_what_overlaps_is_refused_whoever_the_patient_is(
    tx: AsyncSession, practice: Practice, hours: float
) -> None:
    await add(tx, practice, 0)
    with pytest.raises(IntegrityError):
        await add(tx, practice, hours, await somebody_else(tx, practice))


async def test_nor_can_one_be_moved_or_put_back_over_another(
    tx: AsyncSession, practice: Practice
) -> None:
    one, other = await add(tx, practice, 0), await add(tx, practice, 1)
    one.status = "cancelled"
    await tx.flush()
    other.starts_at, other.ends_at = one.starts_at, one.ends_at
    await tx.flush()
    with pytest.raises(IntegrityError):
        await tx.execute(
            update(Appointment).where(Appointment.id == one.id).values(status="booked")
        )


async def test_a_day_of_a_long_calendar_is_read_by_an_index(
    tx: AsyncSession, practice: Practice
) -> None:
    for number in range(60):
        await add(tx, practice, number)
    day = Span(practice.now + 10 * HOUR, practice.now + 15 * HOUR)
    page = await appointments.between(tx, day, provider_id=practice.provider.id, limit=3)
    rest = await appointments.between(
        tx, day, provider_id=practice.provider.id, cursor=page.next_cursor, limit=3
    )
    found = [one.appointment.starts_at for one in (*page.items, *rest.items)]
    assert found == [practice.now + number * HOUR for number in range(10, 15)]
    assert (page.items[0].patient_name, rest.next_cursor) == (practice.patient.name, None)
    clash = await appointments.clash(tx, practice.provider.id, "nobody", [day])
    assert clash
    assert clash.span.starts_at == day.starts_at


async def test_people_are_held_while_their_appointments_change(
    tx: AsyncSession, practice: Practice
) -> None:
    told: list[str] = []
    engine = tx.get_bind().engine
    event.listen(engine, "before_cursor_execute", lambda *args: told.append(args[2]))
    await appointments.hold(tx, practice.provider.id, practice.patient.id)
    if engine.dialect.name == "postgresql":
        assert "FOR NO KEY UPDATE" in told[-1]
