"""The audit log, and the tree over it."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, RowNumber
from storage.words import AuditAction, SubjectType

HAS_EXPIRED = text("expired_by IS NOT NULL")  # of audit_leaves


class AuditRow(Base):
    """One event. Append-only: triggers refuse a change, but for the end of a row whose time is over
    (`storage/audit/expiry.py`).

    Each index is one way in which the log is looked through (`storage/audit/listing.py`). No
    foreign keys: an entry outlives what it tells of, and may tell of an id that never existed.
    `detail` is text, not a JSON type, because the tree covers the very bytes that were stored. The
    order and the hashes of the tree are in tables of their own, so that ordering rows never changes
    one.
    """

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_newest", "at", "id"),
        Index("ix_audit_action", "action", "at", "id"),
        Index("ix_audit_actor", "actor_id", "action", "at", "id"),
        Index("ix_audit_address", "address", "action", "at", "id"),
        Index("ix_audit_session", "session_id", "at", "id"),
        Index("ix_audit_recording", "recording_id", "at", "id"),
        Index("ix_audit_subject", "subject_id", "at", "id"),
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    action: Mapped[AuditAction] = mapped_column(String(64))
    actor_id: Mapped[str | None] = mapped_column(Id)
    actor_name: Mapped[str | None] = mapped_column(String(200))
    actor_role: Mapped[str | None] = mapped_column(String(16))
    session_id: Mapped[str | None] = mapped_column(Id)
    recording_id: Mapped[str | None] = mapped_column(Id)
    subject_type: Mapped[SubjectType | None] = mapped_column(String(16))
    subject_id: Mapped[str | None] = mapped_column(Id)
    address: Mapped[str | None] = mapped_column(String(64))
    user_agent: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)


class AuditPending(Base):
    """An event that is not in the tree yet. A trigger writes it with the event."""

    __tablename__ = "audit_pending"

    audit_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class AuditLeaf(Base):
    """An event's place in the tree, and the very bytes that were hashed. Append-only."""

    __tablename__ = "audit_leaves"
    __table_args__ = (
        Index(
            "ix_audit_leaves_expired",
            "expired_by",
            sqlite_where=HAS_EXPIRED,
            postgresql_where=HAS_EXPIRED,
        ),
    )

    leaf_index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    audit_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    leaf: Mapped[bytes | None]
    """None once it has expired: its hash is in the full tile."""
    expired_by: Mapped[int | None] = mapped_column(BigInteger)
    """The row which says so."""


class AuditTile(Base):
    """256 hashes of the tree. Only full ones are kept, so that none ever changes. Append-only."""

    __tablename__ = "audit_tiles"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hashes: Mapped[bytes]


class AuditCheckpoint(Base):
    """A signed note of how large the tree was, and its root. Append-only."""

    __tablename__ = "audit_checkpoints"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    made_at: Mapped[datetime]
    note: Mapped[bytes]


class AuditCosignature(Base):
    """What a witness said of a checkpoint. Append-only."""

    __tablename__ = "audit_cosignatures"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(8), primary_key=True)
    at: Mapped[datetime]
    """By the clock of the witness."""
    value: Mapped[bytes]
