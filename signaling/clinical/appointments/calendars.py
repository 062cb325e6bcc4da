"""Appointments as calendars read them (RFC 5545), and as letters bring them there (RFC 5546). Pure.

What a calendar is told says nothing of health, and nobody's name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vRecur, vText

from signaling.clinical.appointments import recurrence
from storage.models import Appointment, AppointmentSeries

PRODUCT = "-//carelay//appointments//EN"
Method = Literal["REQUEST", "CANCEL"]


@dataclass(frozen=True)
class Envelope:
    """Who tells whom, and in which words."""

    summary: str
    organizer: str
    """As `smtp.sender` is written."""
    attendee: str
    """Their e-mail address."""
    url: str


@dataclass(frozen=True)
class Entry:
    """What has one UID: an appointment, or a series with all of its appointments."""

    rows: Sequence[Appointment]
    series: AppointmentSeries | None

    @property
    def uid(self) -> str:
        """RFC 7986 5.3: that of the row, and nothing else."""
        return str(UUID(self.series.id if self.series else self.rows[0].id))

    @property
    def sequence(self) -> int:
        return self.series.sequence if self.series else self.rows[0].sequence

    @property
    def method(self) -> Method:
        """Cancelled once nothing of it is left."""
        return "CANCEL" if all(row.status == "cancelled" for row in self.rows) else "REQUEST"


def invitation(entry: Entry, envelope: Envelope, now: datetime) -> bytes:
    """The whole of it as it is now, in one object: calendars replace what they had."""
    calendar = _calendar()
    calendar.add("method", entry.method)
    for event in _events(entry):
        _address(event, entry, envelope, now)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def feed(rows: Mapping[str, Sequence[Appointment]], now: datetime) -> bytes:
    """All of these, under what each is called: times alone, without a word of a series."""
    calendar = _calendar()
    for summary, called in rows.items():
        for row in called:
            event = _event(row.starts_at, row.ends_at)
            event.add("uid", str(UUID(row.id)))
            event.add("dtstamp", now)
            event.add("summary", summary)
            event.add("class", "PRIVATE")
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    return calendar


def _events(entry: Entry) -> Sequence[Event]:
    series = entry.series
    if series is None:
        row = entry.rows[0]
        zone = ZoneInfo(row.time_zone)
        return [_event(row.starts_at.astimezone(zone), row.ends_at.astimezone(zone))]
    zone = ZoneInfo(series.time_zone)
    begins = series.first.replace(tzinfo=zone)
    master = _event(begins, begins + timedelta(minutes=series.minutes))
    master.add("rrule", vRecur.from_ical(series.rule))
    walls = recurrence.starts(series.rule, series.first, series.time_zone)
    changed = []
    for row, wall in zip(entry.rows, walls, strict=True):
        if row.status == "cancelled" and entry.method == "REQUEST":
            master.add("exdate", wall.replace(tzinfo=zone))
        elif row.starts_at != row.recurrence_at or _takes(row) != series.minutes:
            one = _event(row.starts_at.astimezone(zone), row.ends_at.astimezone(zone))
            one.add("recurrence-id", wall.replace(tzinfo=zone))
            changed.append(one)
    return [master, *changed]


def _event(starts_at: datetime, ends_at: datetime) -> Event:
    event = Event()
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    return event


def _address(event: Event, entry: Entry, envelope: Envelope, now: datetime) -> None:
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", now)
    event.add("summary", envelope.summary)
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if entry.method == "CANCEL" else "CONFIRMED")
    if envelope.url:
        event.add("url", envelope.url)
    name, address = parseaddr(envelope.organizer)
    organizer = vCalAddress(f"mailto:{address}")
    if name:
        organizer.params["cn"] = vText(name)
    event.add("organizer", organizer)
    attendee = vCalAddress(f"mailto:{envelope.attendee}")
    attendee.params["rsvp"] = vText("FALSE")
    attendee.params["partstat"] = vText("ACCEPTED")
    event.add("attendee", attendee)


def _takes(row: Appointment) -> int:
    return round((row.ends_at - row.starts_at).total_seconds() / 60)
