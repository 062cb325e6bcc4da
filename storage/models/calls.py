"""Calls, and who takes part in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, one_of
from storage.models.cluster import Carried
from storage.words import CallStatus, Condition, LeftReason, Quality, Side

IS_UNFINISHED = text("call_status IN ('initiated', 'active')")  # of telemedicine_sessions

IS_PRESENT = text("left_at IS NULL")  # of call_participants


class TelemedicineSession(Carried, Base):
    """A call, from the invitation on.

    A patient has at most one unfinished call: two providers who ring at once must not both be
    answered, and a recording must never mix two conversations. A provider may ring a second patient
    while the first one joins.
    """

    __tablename__ = "telemedicine_sessions"
    __table_args__ = (
        one_of("call_status", CallStatus),
        one_of("connection_quality", Quality),
        Index(
            "uq_telemedicine_sessions_unfinished_patient",
            "patient_id",
            unique=True,
            sqlite_where=IS_UNFINISHED,
            postgresql_where=IS_UNFINISHED,
        ),
        Index("ix_telemedicine_sessions_newest", "created_at", "id"),
        Index("ix_telemedicine_sessions_patient", "patient_id", "created_at"),
        Index("ix_telemedicine_sessions_provider", "provider_id", "created_at"),
    )

    patient_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    provider_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    room_id: Mapped[str] = mapped_column(String(64), unique=True)
    appointment_id: Mapped[str | None] = mapped_column(String(128), index=True)
    """Which appointment it is held for. No foreign key: a calendar is kept apart from calls."""
    created_at: Mapped[datetime]
    invitation_expires_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    duration_seconds: Mapped[int | None]
    duration_minutes: Mapped[int | None]
    """Whole ones completed."""
    call_status: Mapped[CallStatus] = mapped_column(String(16))
    end_reason: Mapped[str | None] = mapped_column(String(32))
    ended_by: Mapped[str | None] = mapped_column(String(16))
    """`patient` or `provider`; none if it was the server,
    or is not known of a call of an earlier version.
    """
    audio_only: Mapped[bool]
    recording_enabled: Mapped[bool]
    recording_consent_given: Mapped[bool | None]
    """The patient's standing decision; none before it was made."""
    recording_file_path: Mapped[str | None] = mapped_column(String(255))
    """Folder of the encrypted parts, relative to the recordings folder."""
    connection_quality: Mapped[Quality | None] = mapped_column(String(16))
    """The worse side's: the worst of what lasted."""
    connection_by_side: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What was typical and the worst of what lasted, by role; none of calls of earlier versions."""
    bandwidth_used: Mapped[int] = mapped_column(BigInteger, default=0)
    """Bytes relayed for this call, both directions."""
    emergency_raised_at: Mapped[datetime | None]
    """The newest one's; none was raised if there is none."""
    emergency_raised_by: Mapped[str | None] = mapped_column(String(16))
    """The side of who raised it."""
    emergency_reached: Mapped[list[str] | None] = mapped_column(JSON)
    """Whom the alert has reached: `administrators`, `email`, `webhook`."""
    emergency_acknowledged_at: Mapped[datetime | None]
    emergency_acknowledged_by: Mapped[str | None] = mapped_column(String(200))
    """Name of who of the staff took it on."""


class CallParticipant(Base):
    """Somebody in a call, from their invitation until they leave;
    a later invitation is another row.

    Who calls and who is called have a row each, too, beside the columns of `telemedicine_sessions`.
    """

    __tablename__ = "call_participants"
    __table_args__ = (
        one_of("side", Side),
        one_of("left_reason", LeftReason),
        CheckConstraint("(left_at IS NULL) = (left_reason IS NULL)", name="left"),
        Index(
            "uq_call_participants_present",
            "session_id",
            "user_id",
            unique=True,
            sqlite_where=IS_PRESENT,
            postgresql_where=IS_PRESENT,
        ),
        Index("ix_call_participants_user", "user_id", "side"),
    )

    session_id: Mapped[str] = mapped_column(
        ForeignKey("telemedicine_sessions.id"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    invited_at: Mapped[datetime] = mapped_column(primary_key=True)
    invited_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    """None of who began the call."""
    name: Mapped[str] = mapped_column(String(200))
    """As the others were shown it."""
    side: Mapped[Side] = mapped_column(String(16))
    may_speak: Mapped[bool]
    may_show_camera: Mapped[bool]
    may_share_screen: Mapped[bool]
    may_chat: Mapped[bool]
    is_recorded: Mapped[bool]
    """Only with a consent of their own, and nothing is recorded of anybody
    while they are there without one.
    """
    required: Mapped[bool]
    """Their absence ends the call."""
    joined_at: Mapped[datetime | None]
    """When they accepted, or began the call."""
    left_at: Mapped[datetime | None]
    left_reason: Mapped[LeftReason | None] = mapped_column(String(16))


class ConnectionChange(Base):
    """From when on somebody's connection worked how well in a call, until their next row or the end
    of the call.
    """

    __tablename__ = "connection_changes"
    __table_args__ = (one_of("condition", Condition),)

    session_id: Mapped[str] = mapped_column(
        ForeignKey("telemedicine_sessions.id"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    condition: Mapped[Condition | None] = mapped_column(String(16))
    """None: they have left."""
