"""What another system of the practice reads and writes in FHIR: the same acts in other words."""

import hashlib
from datetime import UTC, datetime, time
from urllib.parse import urlencode

import msgspec

from signaling.clinical.appointments import booking, changing, fhir, reading, views
from signaling.clinical.appointments.appointments import Appointments
from signaling.clinical.appointments.fhir import FhirAppointment, FhirSearch, Json
from signaling.clinical.appointments.resources import (
    Appointment,
    BookAppointment,
    MoveAppointment,
)
from signaling.kernel.actor import Actor
from signaling.kernel.content import Document
from signaling.kernel.errors import Invalid
from storage.appointments.appointments import PAGE_SIZE, Span


async def search(book: Appointments, actor: Actor, asked: FhirSearch, address: str) -> Document:
    """The appointments of a day in UTC, as a Bundle, a page at a time. `address` is where searches
    are asked. Raises Invalid, InvalidCursor.
    """
    begins, ends = (datetime.combine(asked.date, at, UTC) for at in (time(), time.max))
    limit = min(asked.count, PAGE_SIZE)
    found = await reading.between(book, actor, Span(begins, ends), cursor=asked.cursor, limit=limit)

    def page(cursor: str | None) -> str:
        at = {} if cursor is None else {"cursor": cursor}
        return f"{address}?{urlencode({'date': asked.date.isoformat(), '_count': limit, **at})}"

    links = {"self": page(asked.cursor)}
    if asked.cursor is not None:
        links["first"] = page(None)
    if found.next_cursor is not None:
        links["next"] = page(found.next_cursor)
    return _document(fhir.bundle(found.appointments, links))


async def read(book: Appointments, actor: Actor, appointment_id: str) -> Document:
    """Raises NotFound."""
    return _document(fhir.resource(await reading.one(book, actor, appointment_id)))


async def create(book: Appointments, actor: Actor, asked: FhirAppointment) -> Document:
    """Raises what booking does."""
    wanted = fhir.booking(asked)
    try:
        msgspec.convert(msgspec.to_builtins(wanted), BookAppointment)
    except msgspec.ValidationError:
        raise Invalid("fhir_appointment", reason="values") from None
    found = await booking.book(book, actor, wanted)
    return _document(fhir.resource(views.of(found)))


async def update(
    book: Appointments, actor: Actor, appointment_id: str, asked: FhirAppointment
) -> Document:
    """Its times and its status; whose it is and what it is about stay. Raises what the acts do."""
    starts_at, ends_at = fhir.times(asked)
    before = await reading.one(book, actor, appointment_id)
    moved = (starts_at, ends_at) != (before.starts_at, before.ends_at)
    if asked.status != before.status:
        if moved:  # one of the two might be refused after the other one was done
            raise Invalid("fhir_appointment", reason="both")
        await _settle(book, actor, before, asked.status)
    elif moved:
        to = MoveAppointment(starts_at=starts_at, minutes=fhir.minutes(starts_at, ends_at))
        await changing.move(book, actor, appointment_id, to)
    return await read(book, actor, appointment_id)


async def _settle(book: Appointments, actor: Actor, before: Appointment, status: str) -> None:
    match status:
        case "cancelled":
            await changing.cancel(book, actor, before.appointment_id, "this")
        case "noshow":
            await changing.miss(book, actor, before.appointment_id)
        case "booked":
            await changing.restore(book, actor, before.appointment_id)
        case _:
            raise Invalid("fhir_appointment", reason="status")


def _document(value: Json) -> Document:
    data = fhir.encode(value)
    return Document(
        tag=hashlib.sha256(data).hexdigest(),
        media_type=fhir.MEDIA_TYPE,
        download_name=None,
        data=data,
    )
