"""Whose appointment is whose, and what acts on them work with.

Somebody else's answers exactly as one that never was.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.clinical.appointments.messages import AppointmentsChanged
from signaling.identity.scope import Scope
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict, Invalid, NotFound
from signaling.kernel.hub import Hub
from signaling.kernel.identifiers import is_identifier
from signaling.kernel.repeats import Repeats
from signaling.kernel.time_zones import is_time_zone
from storage import audit
from storage.appointments import appointments, letters
from storage.appointments.appointments import NamedAppointment, Span
from storage.audit import Detail
from storage.database import Database
from storage.models import Appointment, AppointmentSeries
from storage.people import users
from storage.words import AuditAction

GRACE = timedelta(days=1)
"""For writing down after it has begun what was agreed on."""
AHEAD = timedelta(days=3 * 366)


class Appointments:
    """Acts are functions that take this first."""

    def __init__(
        self,
        database: Database,
        scope: Scope,
        repeats: Repeats,
        hub: Hub,
        clock: Clock,
        *,
        writes: bool = False,
    ) -> None:
        """`writes`: letters are sent, so that there is an outbox to fill."""
        self.database = database
        self.scope = scope
        self.repeats = repeats
        self.clock = clock
        self._hub = hub
        self._writes = writes

    async def theirs(self, tx: AsyncSession, actor: Actor, appointment_id: str) -> NamedAppointment:
        """The actor's own, or anybody's for an administrator; raises NotFound."""
        found = (
            await appointments.one(tx, appointment_id) if is_identifier(appointment_id) else None
        )
        if found is None or not _concerns(found.appointment, actor):
            raise NotFound("unknown_appointment")
        return found

    @asynccontextmanager
    async def changing(
        self, actor: Actor, appointment_id: str
    ) -> AsyncIterator[tuple[AsyncSession, NamedAppointment]]:
        """A transaction in which nobody else changes appointments of its two people, who are told
        once it has committed.
        """
        async with self.database.transaction() as tx:
            row = (await self.theirs(tx, actor, appointment_id)).appointment
            await appointments.hold(tx, row.provider_id, row.patient_id)
            found = await self.theirs(tx, actor, appointment_id)
            yield tx, found
        self.tell(row)

    async def require_people(self, tx: AsyncSession, provider_id: str, patient_id: str) -> None:
        """Those two may meet, now that something is agreed on; raises NotFound."""
        provider = await users.by_id(tx, provider_id)
        if provider is None or provider.role != "provider" or not self.scope.counts(provider):
            raise NotFound("unknown_provider")
        if await self.scope.patient(tx, provider_id, patient_id) is None:
            raise NotFound("unknown_patient")

    def tell(self, row: Appointment) -> None:
        """The pages of both."""
        for person in (row.provider_id, row.patient_id):
            self._hub.send(person, AppointmentsChanged())

    async def write(self, tx: AsyncSession, found: NamedAppointment) -> None:
        """Letters to both, in the transaction of what they tell."""
        await self.write_about(tx, found.series or found.appointment, found.appointment)

    async def write_about(
        self, tx: AsyncSession, calendar: AppointmentSeries | Appointment, row: Appointment
    ) -> None:
        """The same, about a series to which the appointment belongs, or did."""
        if self._writes:
            people = (row.patient_id, row.provider_id)
            now = self.clock.now()
            await letters.tell(tx, calendar.id, people, sequence=calendar.sequence, now=now)

    async def note(
        self,
        tx: AsyncSession,
        action: AuditAction,
        actor: Actor | None,
        row: Appointment,
        more: Detail | None = None,
    ) -> None:
        """What happened to it, in the audit log."""
        await audit.append(tx, event(action, self.clock.now(), actor, row, more))


def event(
    action: AuditAction,
    at: datetime,
    actor: Actor | None,
    row: Appointment,
    more: Detail | None = None,
) -> audit.AuditEvent:
    """Whose it is and when."""
    detail: Detail = {
        "patient_id": row.patient_id,
        "provider_id": row.provider_id,
        "starts_at": row.starts_at.isoformat(),
        **(more or {}),
    }
    return entry(action, at, actor, appointment_id=row.id, detail=detail)


def require_zone(name: str) -> None:
    """Raises Invalid unless there is such a time zone."""
    if not is_time_zone(name):
        raise Invalid("unknown_time_zone", time_zone=name)


def require_time(starts_at: datetime, now: datetime) -> None:
    """Raises Invalid for what is long past, or further ahead than anybody plans."""
    if not now - GRACE <= starts_at <= now + AHEAD:
        raise Invalid("appointment_time", days=AHEAD.days)


async def require_free(
    tx: AsyncSession,
    provider_id: str,
    patient_id: str,
    spans: Sequence[Span],
    besides: frozenset[str] = frozenset(),
) -> None:
    """Raises Conflict, which names nobody: what else the patient has is not the provider's."""
    clash = await appointments.clash(tx, provider_id, patient_id, spans, besides) if spans else None
    if clash and clash.of_provider:
        begins, ends = (at.isoformat() for at in (clash.span.starts_at, clash.span.ends_at))
        raise Conflict("appointment_clash", reason="provider", starts_at=begins, ends_at=ends)
    if clash:
        raise Conflict("appointment_clash", reason="patient")


def _concerns(row: Appointment, actor: Actor) -> bool:
    return actor.role == "admin" or actor.user_id in {row.patient_id, row.provider_id}
