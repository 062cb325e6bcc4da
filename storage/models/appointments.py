"""When patients and providers meet."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, one_of
from storage.words import AppointmentStatus, FeedShows, LetterKind, LetterOutcome


class AppointmentSeries(Base):
    """Appointments that recur by one rule. Each of them is a row of `appointments` from the
    beginning, so that the database can refuse what overlaps.
    """

    __tablename__ = "appointment_series"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    """Also its UID in calendars."""
    rule: Mapped[str] = mapped_column(String(200))
    """RECUR of RFC 5545, always with COUNT."""
    first: Mapped[datetime] = mapped_column(DateTime)
    """Wall-clock time of the first one, in the time zone."""
    time_zone: Mapped[str] = mapped_column(String(64))
    """By its name in the IANA database."""
    minutes: Mapped[int]
    """How long each is."""
    sequence: Mapped[int]
    """RFC 5545 3.8.7.4: how often the series, or one of its appointments, was changed."""


class Appointment(Base):
    """One meeting of one patient and one provider.

    Neither of them has two booked ones at a time: exclusion constraints on PostgreSQL and triggers
    on SQLite refuse it, which the migration writes out.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        one_of("status", AppointmentStatus),
        CheckConstraint("starts_at < ends_at", name="takes_time"),
        Index("ix_appointments_provider", "provider_id", "starts_at", "id"),
        Index("ix_appointments_patient", "patient_id", "starts_at", "id"),
        Index("ix_appointments_start", "starts_at", "id"),
        Index("ix_appointments_series", "series_id", "recurrence_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    series_id: Mapped[str | None] = mapped_column(ForeignKey("appointment_series.id"))
    recurrence_at: Mapped[datetime | None]
    """RFC 5545 RECURRENCE-ID: when the rule of its series has it, wherever it was moved."""
    provider_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    patient_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    time_zone: Mapped[str] = mapped_column(String(64))
    """In which it was agreed on."""
    status: Mapped[AppointmentStatus] = mapped_column(String(16))
    topic: Mapped[str | None] = mapped_column(String(120))
    """What both see of it in the pages; no letter and no feed has it."""
    sequence: Mapped[int]
    """How often it was changed, unless it is of a series, which counts for all."""
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    updated_at: Mapped[datetime]


class Letter(Base):
    """A letter about appointments, from when there is something to tell until it is sent."""

    __tablename__ = "letters"
    __table_args__ = (
        one_of("kind", LetterKind),
        one_of("outcome", LetterOutcome),
        Index("ix_letters_waiting", "settled_at", "next_try_at"),
        Index("ix_letters_reminder", "calendar_id", "kind", "starts_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    """Also its Message-ID, so that whoever gets it twice knows."""
    kind: Mapped[LetterKind] = mapped_column(String(16))
    about: Mapped[str] = mapped_column(String(300), unique=True)
    """What is told once, to whom: a version of an appointment or series, or that one begins."""
    calendar_id: Mapped[str] = mapped_column(Id)
    """Of the appointment, or of a series."""
    recipient_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    starts_at: Mapped[datetime | None]
    """Of a reminder: when the appointment begins that it is for."""
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    tries: Mapped[int]
    leased_until: Mapped[datetime | None]
    """Some server sends it until then."""
    settled_at: Mapped[datetime | None]
    outcome: Mapped[LetterOutcome | None] = mapped_column(String(16))


class CalendarFeed(Base):
    """The private address at which a provider's calendar is read by programs."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (one_of("shows", FeedShows),)

    provider_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    shows: Mapped[FeedShows] = mapped_column(String(16))
    created_at: Mapped[datetime]
