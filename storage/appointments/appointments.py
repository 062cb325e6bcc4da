"""Appointments, and the series that some of them are of.

Change a loaded row by assigning to its attributes inside a transaction that holds its people.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.ids import new_id
from storage.models import Appointment, AppointmentSeries, TelemedicineSession, User
from storage.rows.page import Page, Position, first_page, is_later

LONGEST = timedelta(hours=24)
"""An appointment takes no longer, so that whoever looks for overlaps need not look further back."""
PAGE_SIZE = 500

Patient = aliased(User)
Provider = aliased(User)


@dataclass(frozen=True)
class Span:
    """From an instant until just before another one."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Span") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class NamedAppointment:
    """With what is shown beside it."""

    appointment: Appointment
    patient_name: str
    provider_name: str
    series: AppointmentSeries | None


@dataclass(frozen=True)
class Clash:
    """What is in the way of a span that somebody asks for."""

    span: Span
    of_provider: bool
    """An appointment of the provider's; else it is the patient's, with somebody else."""


async def hold(tx: AsyncSession, provider_id: str, patient_id: str) -> None:
    """Until the transaction ends nobody else changes appointments of these two."""
    people = select(User.id).where(User.id.in_((provider_id, patient_id))).order_by(User.id)
    await tx.execute(people.with_for_update(key_share=True))


async def add(  # noqa: PLR0913 - one argument a column, each by its name
    tx: AsyncSession,
    *,
    provider_id: str,
    patient_id: str,
    span: Span,
    time_zone: str,
    topic: str | None,
    by: str,
    now: datetime,
    series: AppointmentSeries | None = None,
) -> Appointment:
    """A booked one, of people who are held; of a series, where its rule has it."""
    row = Appointment(
        id=new_id(),
        series_id=series.id if series else None,
        recurrence_at=span.starts_at if series else None,
        provider_id=provider_id,
        patient_id=patient_id,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        time_zone=time_zone,
        status="booked",
        topic=topic,
        sequence=0,
        created_at=now,
        created_by=by,
        updated_at=now,
    )
    tx.add(row)
    return row


async def add_series(
    tx: AsyncSession, *, rule: str, first: datetime, time_zone: str, minutes: int
) -> AppointmentSeries:
    """Without its appointments."""
    series = AppointmentSeries(
        id=new_id(), rule=rule, first=first, time_zone=time_zone, minutes=minutes, sequence=0
    )
    tx.add(series)
    await tx.flush()
    return series


async def clash(
    tx: AsyncSession,
    provider_id: str,
    patient_id: str,
    spans: Sequence[Span],
    besides: Collection[str] = (),
) -> Clash | None:
    """The first booked appointment of one of the two in the way of those spans; `besides` are not
    looked at.
    """
    first, last = min(span.starts_at for span in spans), max(span.ends_at for span in spans)
    found = [
        Clash(Span(starts_at, ends_at), whose == provider_id)
        for row_id, whose, starts_at, ends_at in await tx.execute(
            select(
                Appointment.id, Appointment.provider_id, Appointment.starts_at, Appointment.ends_at
            )
            .where(
                or_(Appointment.provider_id == provider_id, Appointment.patient_id == patient_id),
                Appointment.status == "booked",
                Appointment.starts_at > first - LONGEST,
                Appointment.starts_at < last,
                Appointment.ends_at > first,
            )
            .order_by(Appointment.starts_at)
        )
        if row_id not in besides
    ]
    return next((one for one in found if any(one.span.overlaps(span) for span in spans)), None)


async def one(tx: AsyncSession, appointment_id: str) -> NamedAppointment | None:
    """As it is now, also where this transaction read it before."""
    query = _named().where(Appointment.id == appointment_id)
    row = (await tx.execute(query.execution_options(populate_existing=True))).one_or_none()
    return None if row is None else NamedAppointment(*row)


async def several(tx: AsyncSession, ids: Collection[str]) -> Sequence[NamedAppointment]:
    """Those of the ids, as they are now, in no order."""
    query = _named().where(Appointment.id.in_(ids))
    rows = await tx.execute(query.execution_options(populate_existing=True))
    return [NamedAppointment(*row) for row in rows]


async def series(tx: AsyncSession, series_id: str) -> AppointmentSeries | None:
    """One by its id, without its appointments."""
    return await tx.get(AppointmentSeries, series_id)


async def of_series(tx: AsyncSession, series_id: str) -> Sequence[Appointment]:
    """All that its rule has, in that order."""
    query = select(Appointment).where(Appointment.series_id == series_id)
    return (await tx.scalars(query.order_by(Appointment.recurrence_at))).all()


async def between(
    tx: AsyncSession,
    span: Span,
    *,
    provider_id: str | None = None,
    patient_id: str | None = None,
    cursor: str | None = None,
    limit: int = PAGE_SIZE,
) -> Page[NamedAppointment]:
    """Those that are at least partly in the span, in their order; of whoever is named.

    Raises InvalidCursor.
    """
    query = _named().where(
        Appointment.starts_at > span.starts_at - LONGEST,
        Appointment.starts_at < span.ends_at,
        Appointment.ends_at > span.starts_at,
    )
    if provider_id is not None:
        query = query.where(Appointment.provider_id == provider_id)
    if patient_id is not None:
        query = query.where(Appointment.patient_id == patient_id)
    if cursor is not None:
        query = query.where(is_later(cursor, Appointment.starts_at, Appointment.id))
    rows = await tx.execute(query.order_by(Appointment.starts_at, Appointment.id).limit(limit + 1))
    found = [NamedAppointment(*row) for row in rows]
    return first_page(
        found, limit, lambda one: Position(one.appointment.starts_at, one.appointment.id)
    )


async def rooms(tx: AsyncSession, appointment_ids: Collection[str]) -> dict[str, str]:
    """Appointment → room of its newest call."""
    query = select(TelemedicineSession.appointment_id, TelemedicineSession.room_id).where(
        TelemedicineSession.appointment_id.in_(appointment_ids)
    )
    return {
        appointment_id: room_id
        for appointment_id, room_id in await tx.execute(
            query.order_by(TelemedicineSession.created_at)
        )
        if appointment_id is not None
    }


def _named() -> Select[Appointment, str, str, AppointmentSeries]:
    return (
        select(Appointment, Patient.name, Provider.name, AppointmentSeries)
        .join(Patient, Patient.id == Appointment.patient_id)
        .join(Provider, Provider.id == Appointment.provider_id)
        .outerjoin(AppointmentSeries, AppointmentSeries.id == Appointment.series_id)
    )
