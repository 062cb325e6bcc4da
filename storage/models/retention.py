"""What keeps recordings, and what has erased them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, one_of
from storage.words import ErasureBasis


class LegalHold(Base):
    """Why a recording must not be erased. Append-only: triggers refuse a change."""

    __tablename__ = "legal_holds"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id"), index=True)
    placed_at: Mapped[datetime]
    placed_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text)


class LegalHoldRelease(Base):
    """The end of a hold. Append-only: triggers refuse a change."""

    __tablename__ = "legal_hold_releases"

    hold_id: Mapped[str] = mapped_column(ForeignKey("legal_holds.id"), primary_key=True)
    released_at: Mapped[datetime]
    released_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(Text)


class Erasure(Base):
    """What stays on record of a recording that was erased. Append-only: triggers refuse a change.

    Who asked is no foreign key: a record that was put back from a tombstone may name somebody whom
    the database does not know.
    """

    __tablename__ = "erasures"
    __table_args__ = (one_of("basis", ErasureBasis),)

    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id"), primary_key=True)
    erased_at: Mapped[datetime]
    """When its key was destroyed."""
    basis: Mapped[ErasureBasis] = mapped_column(String(16))
    erased_by: Mapped[str | None] = mapped_column(Id)
    """None of the server itself."""
    erased_by_name: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(Text)


class FilesDeleted(Base):
    """That an erased recording has no files any more. Before that there may be some, which nobody
    can decrypt. Append-only.
    """

    __tablename__ = "files_deleted"

    recording_id: Mapped[str] = mapped_column(ForeignKey("erasures.recording_id"), primary_key=True)
    deleted_at: Mapped[datetime]
