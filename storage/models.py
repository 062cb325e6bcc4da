"""The tables. Rows are plain typed objects; they stay readable after the transaction
that loaded them.

A loaded row is changed by assigning to its attributes inside the transaction; the commit writes
what changed. Times are UTC-aware, ids are strings. Migrations hold the same schema written out; a
test compares the two.
"""

from datetime import UTC, datetime
from typing import Any, get_args

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

from storage.words import (
    AuditAction,
    CallStatus,
    Decision,
    ErasureBasis,
    Kept,
    LeftReason,
    PartSource,
    PartState,
    PurposeOfUse,
    Quality,
    RecordingState,
    RequestKind,
    Role,
    Side,
    SubjectType,
)

IS_UNFINISHED = text("call_status IN ('initiated', 'active')")  # of telemedicine_sessions
IS_PRESENT = text("left_at IS NULL")  # of call_participants
IS_OPEN = text("state = 'recording'")  # of recordings
IS_SPOOLED = text("kept = 'spool'")  # of recording_parts


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. SQLite has no time zones: there it is UTC without saying so, and sorts
    as text.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone was given to the database")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    # SQLAlchemy's declared name.
    type_annotation_map = {datetime: UtcDateTime, bytes: LargeBinary}  # noqa: RUF012


Id = String(128)  # ours are 32 hexadecimal digits; a platform's `sub` may be longer
# Only INTEGER PRIMARY KEY counts up by itself in SQLite.
RowNumber = BigInteger().with_variant(Integer, "sqlite")


def one_of(column: str, words: object) -> CheckConstraint:
    """The column holds one of the words of a Literal."""
    listed = ", ".join(f"'{word}'" for word in get_args(words))
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Node(Base):
    """A server, from its newest start on. It carries what names it, as long as its lease lasts."""

    __tablename__ = "nodes"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    """For operators: the machine and the process."""
    started_at: Mapped[datetime]
    fence: Mapped[int] = mapped_column(BigInteger, unique=True)
    """Of this start. Each start of any server has a larger one."""
    lease_until: Mapped[datetime | None]
    """By the database's clock; none for a server that holds the database alone, by a lock."""


class Carried:
    """A row that one start of one server carries, and nobody else may change:
    see `storage/carriers.py`.
    """

    __tablename__: str

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    node_id: Mapped[str | None] = mapped_column(Id)
    """No foreign key: a node is forgotten a day after it was heard of last."""
    fence: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """Smaller than any server's where the row is older than fences are."""

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        # UPDATE … WHERE fence = what was loaded: no row, no change, an error
        return {"version_id_col": cls.fence, "version_id_generator": False}


class User(Base):
    """Somebody who can sign in: with a password here, or with a token of the host platform.

    Issuer and subject together say who it is: two issuers may call two people the same.
    """

    __tablename__ = "users"
    __table_args__ = (
        one_of("role", Role),
        Index("uq_users_issuer_subject", "issuer", "subject", unique=True),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    """What everybody calls them. Who comes with tokens is called what the platform calls them."""
    issuer: Mapped[str | None] = mapped_column(String(255))
    """Who vouches for them: LOCAL_ISSUER of a password here, else the `iss` of their tokens.

    None of who came with a token before issuers were kept, until a server starts (`users.adopt`).
    """
    subject: Mapped[str] = mapped_column(String(255))
    """What the issuer calls them, and nobody else, ever: a local account's id, a token's `sub`."""
    username: Mapped[str | None] = mapped_column(String(128), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(String(16), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    demo: Mapped[bool]
    disabled: Mapped[bool]
    created_at: Mapped[datetime]
    token_issued_at: Mapped[datetime | None]
    """When the token was issued that the role and name are from:
    an older one must not bring an old role back.
    """


class LoginSession(Base):
    """A signed-in browser. The token itself is known to the browser only."""

    __tablename__ = "login_sessions"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class LoginDevice(Base):
    """A browser that a user has signed in with before, for
    which the limits of strangers do not count.
    """

    __tablename__ = "login_devices"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    used_at: Mapped[datetime]


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


class Recording(Carried, Base):
    """What was recorded of a call.

    Without `wrapped_key` no part of it can ever be decrypted again.
    """

    __tablename__ = "recordings"
    __table_args__ = (
        one_of("state", RecordingState),
        Index("ix_recordings_newest", "started_at", "id"),
        Index("ix_recordings_open", "started_at", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
    )

    session_id: Mapped[str] = mapped_column(ForeignKey("telemedicine_sessions.id"), index=True)
    state: Mapped[RecordingState] = mapped_column(String(16))
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


class Consent(Base):
    """One decision about recording. Append-only: triggers refuse a change."""

    __tablename__ = "consents"
    __table_args__ = (one_of("role", Side), one_of("decision", Decision))

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("telemedicine_sessions.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[Side] = mapped_column(String(16))
    decision: Mapped[Decision] = mapped_column(String(16))
    text_id: Mapped[str] = mapped_column(String(64))
    text_version: Mapped[str] = mapped_column(String(32))
    text_sha256: Mapped[str] = mapped_column(String(64))
    """Of exactly the words that were shown."""
    language: Mapped[str] = mapped_column(String(35))
    text_confirmed: Mapped[bool | None]
    """Whether the page said that it showed them; none of versions that did not ask."""
    at: Mapped[datetime]
    address: Mapped[str | None] = mapped_column(String(64))
    user_agent: Mapped[str | None] = mapped_column(Text)


class ConsentText(Base):
    """Words that somebody was asked to agree to. Append-only: triggers refuse a change."""

    __tablename__ = "consent_texts"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Of `text` in UTF-8, in hexadecimal."""
    text: Mapped[str] = mapped_column(Text)


class AuditRow(Base):
    """One event. Append-only: triggers refuse a change.

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

    leaf_index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    audit_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    leaf: Mapped[bytes]


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


class Property(Base):
    """A named value about the installation itself."""

    __tablename__ = "properties"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
