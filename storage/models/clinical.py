"""What is written beside a call: sealed here, so that the database alone reads none of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, one_of
from storage.words import ClinicalKind, CrisisEntry, FileKept, PlaceAnswer


class ClinicalKey(Base):
    """The data key of one clinical record. What the record says is in tables of its kind.

    Without `wrapped_key` nothing of it can ever be read again. The row itself stays, so that there
    is an answer to whether there was something.
    """

    __tablename__ = "clinical_keys"
    __table_args__ = (
        one_of("kind", ClinicalKind),
        Index("ix_clinical_keys_newest", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    """Of the record, which its wrapped key is bound to."""
    kind: Mapped[ClinicalKind] = mapped_column(String(16))
    session_id: Mapped[str | None] = mapped_column(
        ForeignKey("telemedicine_sessions.id"), index=True
    )
    """The call that it belongs to, if it belongs to one."""
    patient_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"), index=True)
    """Whom it is about."""
    wrapped_key: Mapped[bytes | None]
    """None once it was erased."""
    key_id: Mapped[str] = mapped_column(String(16))
    """Which key unwraps it."""
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
    erased_by: Mapped[str | None] = mapped_column(Id)
    """No foreign key: a tombstone may name somebody whom the database does not know."""
    erase_reason: Mapped[str | None] = mapped_column(Text)


class Note(Base):
    """What a provider has written on a call for themselves, replaced as they write."""

    __tablename__ = "notes"
    __table_args__ = (UniqueConstraint("author_id", "session_id"),)

    id: Mapped[str] = mapped_column(ForeignKey("clinical_keys.id"), primary_key=True)
    author_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    session_id: Mapped[str] = mapped_column(ForeignKey("telemedicine_sessions.id"), index=True)
    version: Mapped[int]
    sealed: Mapped[bytes]
    characters: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ChatMessage(Base):
    """What somebody wrote in a call, sealed by the key of the call's chat."""

    __tablename__ = "chat_messages"
    __table_args__ = (
        UniqueConstraint("session_id", "number"),
        UniqueConstraint("session_id", "author_id", "client_id", name="uq_chat_messages_client_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("telemedicine_sessions.id"))
    number: Mapped[int]
    """Its place in the chat, from 1 on."""
    author_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    author_name: Mapped[str] = mapped_column(String(200))
    """As the others were shown it."""
    client_id: Mapped[str] = mapped_column(String(64))
    """That the author's page gave it, so that it is kept once however often it is sent."""
    sealed: Mapped[bytes]
    sent_at: Mapped[datetime]


class ChatFile(Base):
    """A file that was sent in a chat: its bytes are outside of the database, encrypted by a key of
    their own, by which its name is sealed, too.
    """

    __tablename__ = "chat_files"
    __table_args__ = (one_of("kept", FileKept), UniqueConstraint("message_id"))

    id: Mapped[str] = mapped_column(ForeignKey("clinical_keys.id"), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("telemedicine_sessions.id"), index=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("chat_messages.id"))
    media_type: Mapped[str] = mapped_column(String(100))
    """As its content has it."""
    size_bytes: Mapped[int]
    sealed_name: Mapped[bytes]
    kept: Mapped[FileKept] = mapped_column(String(16))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    """When its bytes were deleted; its key was destroyed before that."""


class StatedPlace(Base):
    """Where a patient says they are, at the beginning of a visit or when that changes: added, never
    replaced. It is of a call, or of the appointment that they waited for before there was one.
    """

    __tablename__ = "stated_places"
    __table_args__ = (
        one_of("answer", PlaceAnswer),
        CheckConstraint("(session_id IS NULL) <> (appointment_id IS NULL)", name="of_one"),
        Index("ix_stated_places_patient", "patient_id", "stated_at", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    key_id: Mapped[str] = mapped_column(ForeignKey("clinical_keys.id"))
    """The record that it is part of: all that was said for one visit."""
    patient_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    session_id: Mapped[str | None] = mapped_column(
        ForeignKey("telemedicine_sessions.id"), index=True
    )
    appointment_id: Mapped[str | None] = mapped_column(Id, index=True)
    """No foreign key: a calendar is kept apart."""
    answer: Mapped[PlaceAnswer] = mapped_column(String(16))
    by_link: Mapped[bool]
    """Nobody had said yet that it is the patient who came by a link."""
    sealed: Mapped[bytes]
    stated_at: Mapped[datetime]


class CrisisEntryRow(Base):
    """What happened in a crisis in a call, in its time: what everybody in the call knows, and what
    its provider wrote down, which is sealed.
    """

    __tablename__ = "crisis_entries"
    __table_args__ = (
        one_of("kind", CrisisEntry),
        Index("ix_crisis_entries_call", "session_id", "at", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("telemedicine_sessions.id"))
    kind: Mapped[CrisisEntry] = mapped_column(String(16))
    at: Mapped[datetime]
    by_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    sealed: Mapped[bytes | None]
    """By the key of all that was written down of the crises of that call."""
