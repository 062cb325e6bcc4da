"""The audit log as compliance staff see it."""

from datetime import date, datetime

from msgspec import Struct

from signaling.audit.groups import AuditOutcome
from signaling.config.period import Unit
from signaling.kernel.messages import RoomId, UserId
from signaling.kernel.resources import Resource
from signaling.kernel.words import Role
from storage.audit.verify import Fault
from storage.words import AuditAction, SubjectType


class AuditEntry(Resource):
    """One row of the append-only log."""

    id: int
    at: datetime
    action: AuditAction
    actor_id: str | None
    actor_name: str | None
    actor_role: str | None
    subject_type: SubjectType | None
    """What it is about, such as one part of the recording."""
    subject_id: str | None
    address: str | None
    user_agent: str | None
    detail: dict[str, str | int | bool | None]


class NamedAuditCall(Struct, kw_only=True):
    """The call that a row is about, or its recording is of."""

    room_id: RoomId
    created_at: datetime
    patient_name: str
    provider_name: str


class ListedAuditEntry(AuditEntry):
    """A row with what a reader needs to know of what it names."""

    index: int | None
    """Its place in the log's tree; none while it waits for one, some seconds."""
    outcome: AuditOutcome
    recording_id: str | None
    call: NamedAuditCall | None
    person_name: str | None
    """Of the user that it is about."""


class AuditPage(Resource):
    """GET audit: rows, newest first."""

    entries: list[ListedAuditEntry]
    next_cursor: str | None = None


class AuditPerson(Struct, kw_only=True):
    """Somebody whose rows can be asked for."""

    user_id: UserId
    name: str
    role: Role
    birth_date: date | None
    email: str | None


class AuditPeople(Resource):
    """GET audit/people: by name, and no more of them than fit into a list."""

    people: list[AuditPerson]


class AuditCosignature(Struct, kw_only=True):
    """A witness that has cosigned the newest checkpoint, or not yet."""

    witness: str
    at: datetime | None


class AuditCheckpoint(Struct, kw_only=True):
    """The newest signed statement of how long the log is, and of the root of its tree."""

    size: int
    made_at: datetime
    root: str
    """SHA-256 in hexadecimal."""
    cosignatures: list[AuditCosignature]
    """Of each witness in the configuration."""


class AuditVerification(Struct, kw_only=True):
    """What this server has found by reading the whole log and comparing it with what was signed."""

    checked: int
    """Rows of the round that is going on, or that was the last."""
    expired: int
    """Of these, rows of which nothing is left but their hash, as their time was over."""
    whole_at: datetime | None
    """When the last round ended that found all rows as they were signed; none since the start."""
    fault: Fault | None
    """What is wrong; none if nothing was found."""
    row: int | None
    """The number of the first row that is wrong, or may be."""


class AuditRetention(Struct, kw_only=True):
    """How long rows keep their content, and what of that is to come."""

    count: int
    unit: Unit | None
    """None: for ever."""
    begins_at: datetime | None
    """No row expires before, since this was changed, or the clock leapt; none once that is over."""
    expired: int
    """Rows of which nothing is left but their hash."""
    expiring: int
    """Rows that expire within 30 days."""


class AuditStatus(Resource):
    """GET audit/status: whether the log is still what was signed."""

    log: str | None
    """Its name; none if this server has no key to know it by."""
    size: int
    """Rows in its tree."""
    waiting: int
    """Rows that wait for a place in it."""
    checkpoint: AuditCheckpoint | None
    verification: AuditVerification
    retention: AuditRetention
