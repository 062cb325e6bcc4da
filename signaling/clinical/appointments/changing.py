"""An appointment is moved, cancelled, missed or taken back; each may be of a series."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.clinical.appointments import series
from signaling.clinical.appointments.appointments import (
    Appointments,
    require_free,
    require_time,
)
from signaling.clinical.appointments.resources import MoveAppointment
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Conflict
from signaling.kernel.words import AppointmentScope
from storage.appointments.appointments import NamedAppointment, Span
from storage.audit import Detail
from storage.models import Appointment


async def move(
    book: Appointments, actor: Actor, appointment_id: str, asked: MoveAppointment
) -> NamedAppointment:
    """To another time, which the others of its series may keep their distance to.

    Raises NotFound (also if these two may not meet any more), Conflict (it is over; one of the two
    is not free), Invalid.
    """
    now = book.clock.now()
    require_time(asked.starts_at, now)
    async with book.changing(actor, appointment_id) as (tx, found):
        row, before = found.appointment, found.appointment.starts_at.isoformat()
        _require_booked(row)
        await book.require_people(tx, row.provider_id, row.patient_id)
        count = 1
        if found.series is None or asked.scope == "this":
            span = _span(row, asked)
            await require_free(
                tx, row.provider_id, row.patient_id, [span], frozenset({appointment_id})
            )
            row.starts_at, row.ends_at, row.updated_at = span.starts_at, span.ends_at, now
            _count(found)
        else:
            of = await series.part(tx, found.series, row, asked.scope, now)
            count = await series.move(tx, of, row, asked, now, actor.user_id)
        more: Detail = {"from": before, "scope": asked.scope, "count": count}
        await book.note(tx, "appointment.moved", actor, row, more)
        return await _told(book, tx, actor, found)


async def cancel(
    book: Appointments, actor: Actor, appointment_id: str, scope: AppointmentScope
) -> NamedAppointment:
    """Raises NotFound, or Conflict if it is over already."""
    now = book.clock.now()
    async with book.changing(actor, appointment_id) as (tx, found):
        row, count = found.appointment, 1
        _require_booked(row)
        if found.series is None or scope == "this":
            row.status, row.updated_at = "cancelled", now
            _count(found)
        else:
            of = await series.part(tx, found.series, row, scope, now)
            count = len(series.cancel(of, now))
        more = {"scope": scope, "count": count}
        await book.note(tx, "appointment.cancelled", actor, row, more)
        return await _told(book, tx, actor, found)


async def miss(book: Appointments, actor: Actor, appointment_id: str) -> NamedAppointment:
    """The patient did not come. Raises NotFound, Conflict."""
    now = book.clock.now()
    async with book.changing(actor, appointment_id) as (tx, found):
        row = found.appointment
        _require_booked(row)
        if row.starts_at > now:
            raise Conflict("appointment_to_come")
        row.status, row.updated_at = "noshow", now
        await book.note(tx, "appointment.missed", actor, row)
        return found


async def restore(book: Appointments, actor: Actor, appointment_id: str) -> NamedAppointment:
    """It was cancelled, or marked as missed, by mistake. Raises NotFound, Conflict."""
    async with book.changing(actor, appointment_id) as (tx, found):
        row, before = found.appointment, found.appointment.status
        if before not in {"cancelled", "noshow"}:
            raise Conflict("appointment_settled", status=before)
        await book.require_people(tx, row.provider_id, row.patient_id)
        span = Span(row.starts_at, row.ends_at)
        await require_free(tx, row.provider_id, row.patient_id, [span])
        row.status, row.updated_at = "booked", book.clock.now()
        _count(found)
        await book.note(tx, "appointment.restored", actor, row, {"status": before})
        return await _told(book, tx, actor, found)


async def _told(
    book: Appointments, tx: AsyncSession, actor: Actor, found: NamedAppointment
) -> NamedAppointment:
    """It as it is now, of which both are written to: also of the series that it was of before."""
    await tx.flush()
    now = await book.theirs(tx, actor, found.appointment.id)
    if found.series is not None and found.series is not now.series:
        await book.write_about(tx, found.series, found.appointment)
    if found.series is None or now.series is not None:
        await book.write(tx, now)
    return now


def _require_booked(row: Appointment) -> None:
    if row.status != "booked":
        raise Conflict("appointment_settled", status=row.status)


def _span(row: Appointment, asked: MoveAppointment) -> Span:
    takes = timedelta(minutes=asked.minutes) if asked.minutes else row.ends_at - row.starts_at
    return Span(asked.starts_at, asked.starts_at + takes)


def _count(found: NamedAppointment) -> None:
    """Calendars take what has a higher SEQUENCE than what they have (RFC 5546 2.1.5)."""
    if found.series is not None:
        found.series.sequence += 1
    else:
        found.appointment.sequence += 1
