"""One more appointment, or a series of them."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.clinical.appointments import recurrence
from signaling.clinical.appointments.appointments import (
    Appointments,
    require_free,
    require_time,
    require_zone,
)
from signaling.clinical.appointments.resources import BookAppointment
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Invalid, NotAllowed
from storage.appointments import appointments
from storage.appointments.appointments import NamedAppointment, Span


async def book(book: Appointments, actor: Actor, asked: BookAppointment) -> NamedAppointment:
    """The appointment, the first one of a series.

    Raises NotFound (no such patient or provider), Conflict (one of the two is not free), Invalid.
    """
    provider_id = _provider(actor, asked)
    require_zone(asked.time_zone)
    require_time(asked.starts_at, book.clock.now())
    spans = spans_of(asked)
    async with book.database.transaction() as tx:
        await book.require_people(tx, provider_id, asked.patient_id)
        await appointments.hold(tx, provider_id, asked.patient_id)
        await require_free(tx, provider_id, asked.patient_id, spans)
        found = await _add(book, tx, actor, provider_id, asked, spans)
        more = {"count": len(spans), "rule": asked.rule}
        await book.write(tx, found)
        await book.note(tx, "appointment.booked", actor, found.appointment, more)
    book.tell(found.appointment)
    return found


def spans_of(asked: BookAppointment) -> list[Span]:
    """When each of them is. Raises Invalid."""
    takes = timedelta(minutes=asked.minutes)
    if asked.rule is None:
        return [Span(asked.starts_at, asked.starts_at + takes)]
    first = recurrence.wall_clock(asked.starts_at, asked.time_zone)
    begins = [
        recurrence.instant(wall, asked.time_zone)
        for wall in recurrence.starts(asked.rule, first, asked.time_zone)
    ]
    return [Span(at, at + takes) for at in begins]


async def _add(
    book: Appointments,
    tx: AsyncSession,
    actor: Actor,
    provider_id: str,
    asked: BookAppointment,
    spans: list[Span],
) -> NamedAppointment:
    series = None
    if asked.rule is not None:
        series = await appointments.add_series(
            tx,
            rule=recurrence.counted(asked.rule, len(spans)),
            first=recurrence.wall_clock(asked.starts_at, asked.time_zone),
            time_zone=asked.time_zone,
            minutes=asked.minutes,
        )
    rows = [
        await appointments.add(
            tx,
            provider_id=provider_id,
            patient_id=asked.patient_id,
            span=span,
            time_zone=asked.time_zone,
            topic=asked.topic,
            by=actor.user_id,
            now=book.clock.now(),
            series=series,
        )
        for span in spans
    ]
    await tx.flush()
    return await book.theirs(tx, actor, rows[0].id)


def _provider(actor: Actor, asked: BookAppointment) -> str:
    """Whose calendar it is for."""
    if actor.role == "provider":
        if asked.provider_id not in (None, actor.user_id):
            raise NotAllowed("forbidden", reason="own_calendar")
        return actor.user_id
    if asked.provider_id is None:
        raise Invalid("provider_needed")
    return asked.provider_id
