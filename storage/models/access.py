"""Who was let in to see recordings, and who has asked for what."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, one_of
from storage.words import PurposeOfUse, RequestKind


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
    __table_args__ = (one_of("purpose", PurposeOfUse),)

    id_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    holder_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    purpose: Mapped[PurposeOfUse] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)
    """In its holder's words."""
