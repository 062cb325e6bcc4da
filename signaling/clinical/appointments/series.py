"""What a change does to a series: to this one and those after it, or to all still to come.

A series that has begun is parted: what was keeps its rule, shortened, and what is changed becomes
a series of its own. An appointment that was moved by itself stays where it was moved to, and one
that was cancelled stays cancelled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.clinical.appointments import recurrence
from signaling.clinical.appointments.appointments import require_free
from signaling.clinical.appointments.resources import MoveAppointment
from signaling.kernel.errors import Invalid
from signaling.kernel.words import AppointmentScope
from storage.appointments import appointments
from storage.appointments.appointments import Span
from storage.models import Appointment, AppointmentSeries


@dataclass(frozen=True)
class Part:
    """A series from one of its appointments on."""

    series: AppointmentSeries
    before: Sequence[Appointment]
    rows: Sequence[Appointment]
    walls: Mapping[str, datetime]
    """Wall-clock time by the rule, of all appointments of the series by their ids."""


async def part(
    tx: AsyncSession,
    series: AppointmentSeries,
    row: Appointment,
    scope: AppointmentScope,
    now: datetime,
) -> Part:
    """What a change of that one is for."""
    rows = await appointments.of_series(tx, series.id)
    first = row
    if scope == "all":
        to_come = (one for one in rows if one.status == "booked" and one.starts_at > now)
        first = next(to_come, row)
    index = min(rows.index(first), rows.index(row))
    walls = recurrence.starts(series.rule, series.first, series.time_zone)
    at = {one.id: wall for one, wall in zip(rows, walls, strict=True)}
    return Part(series, rows[:index], rows[index:], at)


def cancel(of: Part, now: datetime) -> Sequence[Appointment]:
    """Those that were still booked."""
    cancelled = [row for row in of.rows if row.status == "booked"]
    for row in cancelled:
        row.status, row.updated_at = "cancelled", now
    if of.before:
        _shorten(of, now)
    of.series.sequence += 1
    return cancelled


async def move(
    tx: AsyncSession, of: Part, row: Appointment, asked: MoveAppointment, now: datetime, by: str
) -> int:
    """How many are in the series from now on. Raises Conflict, Invalid."""
    zone, minutes = of.series.time_zone, asked.minutes or of.series.minutes
    to = recurrence.wall_clock(asked.starts_at, zone)
    delta = to - of.walls[row.id]
    rule, walls = _rule(of, asked.rule, to.date() - of.walls[row.id].date(), delta)
    there = {
        wall: Span(at, at + timedelta(minutes=minutes))
        for wall in walls
        for at in [recurrence.instant(wall, zone)]
    }
    stay = [one for one in of.rows if of.walls[one.id] + delta in there]
    gone = [one for one in of.rows if one not in stay]
    spans = {one.id: there.pop(of.walls[one.id] + delta) for one in stay}
    moved = [one for one in stay if one.status == "booked" and (one is row or not _apart(one))]
    await require_free(
        tx,
        row.provider_id,
        row.patient_id,
        [*(spans[one.id] for one in moved), *there.values()],
        frozenset(one.id for one in (*moved, *gone)),
    )
    series = await _successor(tx, of, rule, walls[0], minutes)
    for one in gone:
        _leave(one, now)
    await tx.flush()
    # the one that moves into the place of another moves after it
    for one in reversed(stay) if delta > timedelta() else stay:
        if one in moved:
            one.starts_at, one.ends_at = spans[one.id].starts_at, spans[one.id].ends_at
        one.series_id, one.recurrence_at = series.id, spans[one.id].starts_at
        one.updated_at = now
        await tx.flush()
    for span in there.values():
        await appointments.add(
            tx,
            provider_id=row.provider_id,
            patient_id=row.patient_id,
            span=span,
            time_zone=zone,
            topic=row.topic,
            by=by,
            now=now,
            series=series,
        )
    await tx.flush()
    return len(walls)


def _rule(
    of: Part, asked: str | None, days: timedelta, delta: timedelta
) -> tuple[str, Sequence[datetime]]:
    """By which they recur from then on, and when that is. Raises Invalid."""
    first, zone = of.walls[of.rows[0].id] + delta, of.series.time_zone
    if asked is not None:
        walls = recurrence.starts(asked, first, zone)
        return recurrence.counted(asked, len(walls)), walls
    rule = recurrence.counted(recurrence.shifted(of.series.rule, days.days), len(of.rows))
    expected = [of.walls[one.id] + delta for one in of.rows]
    try:
        walls = recurrence.starts(rule, first, zone)
    except Invalid:
        walls = []
    if walls != expected:  # a third Monday, say, that becomes a Tuesday
        raise Invalid("recurrence_needed")
    return rule, walls


async def _successor(
    tx: AsyncSession, of: Part, rule: str, first: datetime, minutes: int
) -> AppointmentSeries:
    """The series that those from there on are of."""
    of.series.sequence += 1
    if not of.before:
        of.series.rule, of.series.first, of.series.minutes = rule, first, minutes
        return of.series
    of.series.rule = recurrence.counted(of.series.rule, len(of.before))
    return await appointments.add_series(
        tx, rule=rule, first=first, time_zone=of.series.time_zone, minutes=minutes
    )


def _shorten(of: Part, now: datetime) -> None:
    of.series.rule = recurrence.counted(of.series.rule, len(of.before))
    for row in of.rows:
        _leave(row, now)


def _leave(row: Appointment, now: datetime) -> None:
    """It is of no series any more, whose rule does not have it."""
    row.series_id = row.recurrence_at = None
    row.updated_at = now
    if row.status == "booked":
        row.status = "cancelled"


def _apart(row: Appointment) -> bool:
    """It was moved by itself."""
    return row.starts_at != row.recurrence_at
