"""Recordings and their parts."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    false,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, one_of
from storage.models.cluster import Carried
from storage.words import Kept, PartSource, PartState, RecordingState

IS_HELD: ColumnElement[bool] = literal_column("on_hold")  # of recordings

IS_PERISHABLE = text("state NOT IN ('recording', 'erased') AND NOT on_hold")  # of recordings

IS_SPOOLED = text("kept = 'spool'")  # of recording_parts


FACTS = ("duration_ms", "state", "on_hold")
"""What can be asked for besides, so that a walk along an index looks at no other row."""


class Recording(Carried, Base):
    """What was recorded of a call.

    Without `wrapped_key` no part of it can ever be decrypted again. What lists are searched by is
    in the row itself, and in an index for each way to walk through them, newest first.
    """

    __tablename__ = "recordings"
    __table_args__ = (
        one_of("state", RecordingState),
        Index("ix_recordings_newest", "started_at", "id", *FACTS),
        *(
            Index(f"ix_recordings_{name}", column, "started_at", "id", *FACTS)
            for name, column in (("patient", "patient_id"), ("provider", "provider_id"))
        ),
        Index("ix_recordings_state", "state", "started_at", "id", "duration_ms"),
        *(
            Index(
                f"ix_recordings_{name}",
                *("started_at", "id", "duration_ms", "audio_only"),
                sqlite_where=those,
                postgresql_where=those,
            )
            for name, those in (("held", IS_HELD), ("perishable", IS_PERISHABLE))
        ),
    )

    session_id: Mapped[str] = mapped_column(ForeignKey("telemedicine_sessions.id"), index=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    provider_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    audio_only: Mapped[bool]
    """As its call has them, which never change."""
    state: Mapped[RecordingState] = mapped_column(String(16))
    on_hold: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a legal hold of it is not released; what may be erased asks the holds."""
    duration_ms: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """To the end of its last part."""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    wrapped_key: Mapped[bytes | None]
    """None once it was erased."""
    key_id: Mapped[str] = mapped_column(String(16))
    """Which key file unwraps it."""
    gaps: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    """Where it has nothing of anybody, and why; none if that is not known."""
    mac: Mapped[bytes | None]
    """Of this row and of the codes of all parts, by its data key; none of earlier versions."""


class RecordingPart(Carried, Base):
    """One encrypted file: one participant, one source, one stretch without a break."""

    __tablename__ = "recording_parts"
    __table_args__ = (
        one_of("source", PartSource),
        one_of("state", PartState),
        one_of("kept", Kept),
        Index(
            "ix_recording_parts_spool",
            "recording_id",
            sqlite_where=IS_SPOOLED,
            postgresql_where=IS_SPOOLED,
        ),
    )

    recording_id: Mapped[str] = mapped_column(ForeignKey("recordings.id"), index=True)
    participant_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    source: Mapped[PartSource] = mapped_column(String(16))
    media_type: Mapped[str] = mapped_column(String(128))
    path: Mapped[str] = mapped_column(String(255), unique=True)
    """Relative to the recordings folder, and to the prefix in a bucket."""
    place_id: Mapped[str | None] = mapped_column(Id)
    """What the marker of the folder holds that it was written to; none once no folder has it, and
    of versions that had no markers.
    """
    kept: Mapped[Kept] = mapped_column(String(16), default="folder", server_default="folder")
    offset_ms: Mapped[int] = mapped_column(BigInteger)
    duration_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    """Decrypted bytes in the file."""
    seek_header: Mapped[bytes] = mapped_column(default=b"")
    body_offset: Mapped[int] = mapped_column(default=0)
    """The playable file is `seek_header` followed by the decrypted bytes from here on."""
    state: Mapped[PartState] = mapped_column(String(16))
    losses: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What it does not hold as it was sent; none if that is not known."""
    mac: Mapped[bytes | None]
    """Of this row, by the recording's data key; none where the wrapped key is of version 1."""

    @property
    def playable_bytes(self) -> int:
        return len(self.seek_header) + self.size_bytes - self.body_offset
