"""Who was let in to see recordings, and who has asked for what."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, one_of
from storage.models.cluster import Carried
from storage.words import (
    AnyPurpose,
    EmergencyPurpose,
    ExportContents,
    ExportFailure,
    ExportPhase,
    ExportState,
    FilmLayout,
    PurposeOfUse,
    RequestKind,
)


class RecordingRequest(Base):
    """A patient asks for something of a recording of theirs. Append-only: triggers refuse a
    change.
    """

    __tablename__ = "recording_requests"
    __table_args__ = (one_of("kind", RequestKind),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id"), index=True)
    kind: Mapped[RequestKind] = mapped_column(String(16))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(ForeignKey("users.id"))


class RecordingRequestAnswer(Base):
    """What compliance said to it. Append-only: triggers refuse a change."""

    __tablename__ = "recording_request_answers"

    request_id: Mapped[str] = mapped_column(ForeignKey("recording_requests.id"), primary_key=True)
    answered_at: Mapped[datetime]
    answered_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    accepted: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)


class PlaybackGrant(Base):
    """Permission to read the media of one recording for a while;
    its id is known to a browser only.
    """

    __tablename__ = "playback_grants"
    __table_args__ = (one_of("purpose", AnyPurpose),)

    id_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    holder_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    purpose: Mapped[AnyPurpose] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)
    """In its holder's words."""
    unlock_id: Mapped[str | None] = mapped_column(ForeignKey("recording_unlocks.id"))
    """The approval that it rests on, and ends with; none where none was needed."""
    break_glass_id: Mapped[str | None] = mapped_column(ForeignKey("break_glass_accesses.id"))
    """The access in an emergency that it rests on."""


class RecordingExport(Carried, Base):
    """An export that was asked for: a server makes it, and keeps it for a while.

    Without `wrapped_key` nobody can ever decrypt its file again.
    """

    __tablename__ = "recording_exports"
    __table_args__ = (
        one_of("contents", ExportContents),
        one_of("layout", FilmLayout),
        one_of("state", ExportState),
        one_of("phase", ExportPhase),
        one_of("failure", ExportFailure),
        one_of("purpose", PurposeOfUse),
        Index("ix_recording_exports_newest", "requested_at", "id"),
    )

    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id"), index=True)
    requested_at: Mapped[datetime]
    requested_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    purpose: Mapped[PurposeOfUse] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)
    unlock_id: Mapped[str | None] = mapped_column(ForeignKey("recording_unlocks.id"), index=True)
    """The approval that it rests on."""
    contents: Mapped[ExportContents] = mapped_column(String(16))
    layout: Mapped[FilmLayout] = mapped_column(String(16))
    state: Mapped[ExportState] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    """How often a server has begun it."""
    phase: Mapped[ExportPhase | None] = mapped_column(String(16))
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    failure: Mapped[ExportFailure | None] = mapped_column(String(32))
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    """When its file is destroyed."""
    path: Mapped[str | None] = mapped_column(String(255))
    """Of its file, relative to the recordings folder."""
    place_id: Mapped[str | None] = mapped_column(Id)
    """What the marker of that folder holds."""
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    """Of the archive."""
    wrapped_key: Mapped[bytes | None]
    key_id: Mapped[str | None] = mapped_column(String(16))


class RecordingUnlock(Base):
    """Somebody asks to open a recording, and somebody else says yes or no."""

    __tablename__ = "recording_unlocks"
    __table_args__ = (one_of("purpose", PurposeOfUse),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id"), index=True)
    requested_by: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    requested_at: Mapped[datetime]
    purpose: Mapped[PurposeOfUse] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)
    """In the words of whoever asks."""
    expires_at: Mapped[datetime] = mapped_column(index=True)
    """Of the request; once it is approved, of the approval."""
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    approved: Mapped[bool | None]
    answer: Mapped[str | None] = mapped_column(Text)
    """Why not."""
    ended_at: Mapped[datetime | None]
    """Taken back, before its time was over."""
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))


class BreakGlassAccess(Base):
    """A provider opened a recording in an emergency; somebody of compliance reviews that."""

    __tablename__ = "break_glass_accesses"
    __table_args__ = (one_of("purpose", EmergencyPurpose),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id"), index=True)
    holder_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    purpose: Mapped[EmergencyPurpose] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    """In its holder's words."""
    reviewed_at: Mapped[datetime | None] = mapped_column(index=True)
    reviewed_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    justified: Mapped[bool | None]
    note: Mapped[str | None] = mapped_column(Text)
    """Of whoever reviewed it."""
    alerts_left: Mapped[str] = mapped_column(Text, default="", server_default="")
    """By which ways nobody has been told yet: words, with spaces between them."""
    alerts_tries: Mapped[int] = mapped_column(default=0, server_default="0")
    alert_at: Mapped[datetime | None] = mapped_column(index=True)
    """When that is tried next; none, if nothing is left, or was given up."""
