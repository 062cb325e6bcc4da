"""What is read of appointments, which is in the audit log as well."""

from datetime import UTC, datetime, timedelta

from signaling.clinical.appointments import views
from signaling.clinical.appointments.appointments import Appointments
from signaling.clinical.appointments.resources import Appointment, AppointmentList
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.errors import Invalid
from storage.appointments import appointments
from storage.appointments.appointments import PAGE_SIZE, Span

WIDEST = timedelta(days=400)
EVER = Span(datetime(1900, 1, 1, tzinfo=UTC), datetime(2900, 1, 1, tzinfo=UTC))
"""Within which there can be any: arithmetic with times ends in the years 1 and 9999."""


async def between(
    book: Appointments,
    actor: Actor,
    span: Span,
    *,
    provider_id: str | None = None,
    patient_id: str | None = None,
    cursor: str | None = None,
    limit: int = PAGE_SIZE,
) -> AppointmentList:
    """The actor's own, or an administrator's choice of all. Raises Invalid, InvalidCursor."""
    possible = EVER.starts_at <= span.starts_at and span.ends_at <= EVER.ends_at
    if not possible or not timedelta() < span.ends_at - span.starts_at <= WIDEST:
        raise Invalid("span_not_possible", days=WIDEST.days)
    match actor.role:
        case "patient":
            patient_id = actor.user_id
        case "provider":
            provider_id = actor.user_id
    async with book.database.reading() as tx:
        page = await appointments.between(
            tx, span, provider_id=provider_id, patient_id=patient_id, cursor=cursor, limit=limit
        )
        rooms = await appointments.rooms(tx, [one.appointment.id for one in page.items])
    await _note(book, actor, len(page.items))
    return AppointmentList(
        appointments=[views.of(found, rooms.get(found.appointment.id)) for found in page.items],
        next_cursor=page.next_cursor,
    )


async def one(book: Appointments, actor: Actor, appointment_id: str) -> Appointment:
    """Raises NotFound."""
    async with book.database.reading() as tx:
        found = await book.theirs(tx, actor, appointment_id)
        rooms = await appointments.rooms(tx, [appointment_id])
    await _note(book, actor, 1)
    return views.of(found, rooms.get(appointment_id))


async def _note(book: Appointments, actor: Actor, rows: int) -> None:
    event = entry("appointment.listed", book.clock.now(), actor, detail={"rows": rows})
    await book.repeats.append(event, actor.user_id, adds="rows")
