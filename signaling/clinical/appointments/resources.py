"""Appointments as they are asked for and told over HTTP."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from signaling.kernel.messages import LINE, UserId
from signaling.kernel.resources import Request, Resource
from signaling.kernel.words import AppointmentScope, AppointmentStatus, FeedShows

Identifier = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$(?!\\n)")]
Instant = Annotated[datetime, Meta(tz=True)]
Minutes = Annotated[int, Meta(ge=5, le=480)]
Rule = Annotated[str, Meta(min_length=1, max_length=150, pattern="^[A-Z0-9=;,+-]+$(?!\\n)")]
"""RECUR of RFC 5545 (3.3.10), with an end: `FREQ=WEEKLY;INTERVAL=2;COUNT=10`."""
ZoneName = Annotated[str, Meta(min_length=1, max_length=64)]
Topic = Annotated[str, Meta(min_length=1, max_length=120, pattern=LINE)]


class BookAppointment(Request):
    """POST appointments"""

    patient_id: UserId
    starts_at: Instant
    minutes: Minutes
    time_zone: ZoneName
    """In which it is agreed on, by its name in the IANA database: a series keeps its time there."""
    provider_id: UserId | None = None
    """An administrator names one; a provider books for themselves."""
    rule: Rule | None = None
    topic: Topic | None = None
    """What both see of it in the pages, and nobody anywhere else."""


class MoveAppointment(Request):
    """POST appointments/{appointment_id}/move"""

    starts_at: Instant
    minutes: Minutes | None = None
    """None: it takes as long as before."""
    scope: AppointmentScope = "this"
    rule: Rule | None = None
    """How those that follow recur from then on; none: as before."""


class CancelAppointment(Request):
    """POST appointments/{appointment_id}/cancel"""

    scope: AppointmentScope = "this"


class OpenFeed(Request):
    """POST calendar-feed"""

    shows: FeedShows = "busy"


class Feed(Resource):
    """GET calendar-feed"""

    shows: FeedShows | None
    """None: there is no address."""
    created_at: datetime | None


class OpenedFeed(Resource):
    """The reply of POST calendar-feed."""

    path: str
    """On this server; told this once."""
    shows: FeedShows
    created_at: datetime


class Appointment(Resource):
    """One of GET appointments."""

    appointment_id: str
    series_id: str | None
    rule: str | None
    """By which its series recurs."""
    patient_id: UserId
    patient_name: str
    provider_id: UserId
    provider_name: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    status: AppointmentStatus
    topic: str | None
    room_id: str | None
    """Of the newest call that was made for it."""


class AppointmentList(Resource):
    """GET appointments, in their order."""

    appointments: list[Appointment]
    next_cursor: str | None


class WaitingPlace(Resource):
    """The reply of POST waiting-room/{appointment_id}."""

    since: datetime
    line: str | None
    """What the provider sent last."""


class Waiting(Resource):
    """One of GET waiting-room."""

    appointment_id: str
    patient_name: str
    starts_at: datetime
    since: datetime
    line: str | None


class WaitingList(Resource):
    """Who waits, in the order of their appointments."""

    waiting: list[Waiting]


class SayToWaiting(Request):
    """POST waiting-room/{appointment_id}/line"""

    line: Annotated[str, Meta(min_length=1, max_length=200, pattern=LINE)]
