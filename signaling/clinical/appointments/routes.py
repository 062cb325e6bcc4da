"""/api/v1/telemedicine/appointments, and the same as FHIR R4 under /fhir/Appointment."""

from typing import Annotated

from msgspec import Meta

from signaling.clinical.appointments import (
    booking,
    changing,
    exchange,
    feeds,
    fhir,
    reading,
    views,
)
from signaling.clinical.appointments.appointments import Appointments
from signaling.clinical.appointments.fhir import FhirAppointment, FhirSearch
from signaling.clinical.appointments.resources import (
    Appointment,
    AppointmentList,
    BookAppointment,
    CancelAppointment,
    Feed,
    Identifier,
    Instant,
    MoveAppointment,
    OpenedFeed,
    OpenFeed,
)
from signaling.config import Config
from signaling.kernel.content import Content
from signaling.kernel.messages import UserId
from signaling.kernel.routes import TELEMEDICINE, Context, Reply, Routes, Visitor
from storage.appointments.appointments import Span

APPOINTMENT = f"{TELEMEDICINE}/appointments/{{appointment_id}}"
FHIR = f"{TELEMEDICINE}/fhir/Appointment"
RESOURCE = {200: Reply("The resource.", media_types=(fhir.MEDIA_TYPE,))}
MEETING = ("unknown_patient", "unknown_provider")
PEOPLE = (*MEETING, "provider_needed", "forbidden")
TIMES = ("appointment_clash", "appointment_time", "recurrence_not_possible")
OWN = ("unknown_appointment", "appointment_settled")
routes = Routes("appointments")


@routes.get(
    f"{TELEMEDICINE}/appointments",
    access="appointment.read",
    counts="read",
    errors=("invalid_cursor", "span_not_possible"),
    audit="appointment.listed",
)
async def list_appointments(
    context: Context,
    after: Instant,
    before: Instant,
    provider_id: UserId | None = None,
    patient_id: UserId | None = None,
    cursor: str | None = None,
) -> AppointmentList:
    """Those that are at least partly between two instants, in their order: patients' and providers'
    own, for administrators everybody's.
    """
    return await reading.between(
        context.the(Appointments),
        context.actor,
        Span(after, before),
        provider_id=provider_id,
        patient_id=patient_id,
        cursor=cursor,
    )


@routes.post(
    f"{TELEMEDICINE}/appointments",
    access="appointment.write",
    counts="change",
    errors=(*PEOPLE, *TIMES, "unknown_time_zone"),
    audit="appointment.booked",
)
async def book_appointment(context: Context, body: BookAppointment) -> Appointment:
    """Make one, or a series; answers the first (providers for themselves, administrators)."""
    return views.of(await booking.book(context.the(Appointments), context.actor, body))


@routes.get(
    APPOINTMENT,
    access="appointment.read",
    counts="read",
    errors=("unknown_appointment",),
    audit="appointment.listed",
)
async def get_appointment(context: Context, appointment_id: Identifier) -> Appointment:
    """One of one's own."""
    return await reading.one(context.the(Appointments), context.actor, appointment_id)


@routes.post(
    f"{APPOINTMENT}/move",
    access="appointment.write",
    counts="change",
    errors=(*OWN, *MEETING, *TIMES, "recurrence_needed"),
    audit="appointment.moved",
)
async def move_appointment(
    context: Context, appointment_id: Identifier, body: MoveAppointment
) -> Appointment:
    """To another time: this one, or also those of its series that follow, or all to come."""
    return views.of(
        await changing.move(context.the(Appointments), context.actor, appointment_id, body)
    )


@routes.post(
    f"{APPOINTMENT}/cancel",
    access="appointment.write",
    counts="change",
    errors=OWN,
    audit="appointment.cancelled",
)
async def cancel_appointment(
    context: Context, appointment_id: Identifier, body: CancelAppointment
) -> Appointment:
    """This one, or also those of its series that follow, or all to come."""
    return views.of(
        await changing.cancel(context.the(Appointments), context.actor, appointment_id, body.scope)
    )


@routes.post(
    f"{APPOINTMENT}/no-show",
    access="appointment.write",
    counts="change",
    errors=(*OWN, "appointment_to_come"),
    audit="appointment.missed",
)
async def miss_appointment(context: Context, appointment_id: Identifier) -> Appointment:
    """The patient did not come."""
    return views.of(await changing.miss(context.the(Appointments), context.actor, appointment_id))


@routes.post(
    f"{APPOINTMENT}/restore",
    access="appointment.write",
    counts="change",
    errors=(*OWN, *MEETING, "appointment_clash"),
    audit="appointment.restored",
)
async def restore_appointment(context: Context, appointment_id: Identifier) -> Appointment:
    """One that was cancelled, or marked as missed, is booked again."""
    return views.of(
        await changing.restore(context.the(Appointments), context.actor, appointment_id)
    )


@routes.get(
    FHIR,
    access="appointment.read",
    counts="read",
    audit="appointment.listed",
    errors=("invalid_cursor", "span_not_possible"),
    replies=RESOURCE,
)
async def search_fhir_appointments(context: Context, asked: FhirSearch) -> Content:
    """Those of a day in UTC, as a Bundle of FHIR R4; its link `next` leads to those that follow."""
    address = f"{context.the(Config).server.public_url.rstrip('/')}{FHIR}"
    return await exchange.search(context.the(Appointments), context.actor, asked, address)


@routes.post(
    FHIR,
    access="appointment.write",
    counts="change",
    errors=(*PEOPLE, *TIMES, "unknown_time_zone", "fhir_appointment"),
    audit="appointment.booked",
    replies=RESOURCE,
)
async def create_fhir_appointment(context: Context, body: FhirAppointment) -> Content:
    """Make one, as FHIR R4 writes it."""
    return await exchange.create(context.the(Appointments), context.actor, body)


@routes.get(
    f"{FHIR}/{{appointment_id}}",
    access="appointment.read",
    counts="read",
    errors=("unknown_appointment",),
    audit="appointment.listed",
    replies=RESOURCE,
)
async def read_fhir_appointment(context: Context, appointment_id: Identifier) -> Content:
    """One of one's own, in FHIR R4."""
    return await exchange.read(context.the(Appointments), context.actor, appointment_id)


@routes.put(
    f"{FHIR}/{{appointment_id}}",
    access="appointment.write",
    counts="change",
    errors=(*OWN, *MEETING, *TIMES, "appointment_to_come", "fhir_appointment"),
    audit="appointment.moved",
    replies=RESOURCE,
)
async def update_fhir_appointment(
    context: Context, appointment_id: Identifier, body: FhirAppointment
) -> Content:
    """Its times and its status, as FHIR R4 writes them."""
    return await exchange.update(context.the(Appointments), context.actor, appointment_id, body)


FEED = f"{TELEMEDICINE}/calendar-feed"
CALENDAR = {200: Reply("The calendar.", media_types=("text/calendar",))}


@routes.get(FEED, access="feed.own", counts="read")
async def get_feed(context: Context) -> Feed:
    """Whether the provider's calendar has a private address (providers)."""
    return await feeds.of(context.the(Appointments), context.actor)


@routes.post(FEED, access="feed.own", counts="change", audit="feed.opened")
async def open_feed(context: Context, body: OpenFeed) -> OpenedFeed:
    """Give it one, in place of any that it had (providers)."""
    return await feeds.open_new(context.the(Appointments), context.actor, body.shows)


@routes.delete(FEED, access="feed.own", counts="change", audit="feed.closed")
async def close_feed(context: Context) -> None:
    """Take it back (providers)."""
    await feeds.close(context.the(Appointments), context.actor)


@routes.get(
    f"{feeds.PATH}/{{token}}.ics",
    access="anybody",
    counts="visit",
    errors=("unknown_calendar",),
    audit="feed.read",
    replies=CALENDAR,
)
async def read_feed(
    visitor: Visitor, token: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{43}$(?!\\n)")]
) -> Content:
    """A provider's calendar, for whoever has its private address."""
    return await feeds.read(visitor.the(Appointments), token, visitor.request.origin)
