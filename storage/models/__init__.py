"""The tables. Rows are plain typed objects; they stay readable after the transaction
that loaded them.

A loaded row is changed by assigning to its attributes inside the transaction; the commit writes
what changed. Times are UTC-aware, ids are strings. Migrations hold the same schema written out; a
test compares the two.
"""

from storage.models.access import (
    BreakGlassAccess,
    PlaybackGrant,
    RecordingExport,
    RecordingRequest,
    RecordingRequestAnswer,
    RecordingUnlock,
)
from storage.models.appointments import (
    Appointment,
    AppointmentSeries,
    CalendarFeed,
    Letter,
)
from storage.models.audit import (
    AuditCheckpoint,
    AuditCosignature,
    AuditLeaf,
    AuditPending,
    AuditRow,
    AuditTile,
)
from storage.models.base import Base, Id, RowNumber, UtcDateTime, one_of
from storage.models.calls import (
    IS_PRESENT,
    IS_UNFINISHED,
    CallParticipant,
    ConnectionChange,
    TelemedicineSession,
)
from storage.models.clinical import (
    ChatFile,
    ChatMessage,
    ClinicalKey,
    CrisisEntryRow,
    Note,
    StatedPlace,
)
from storage.models.cluster import Carried, Node
from storage.models.consents import Consent, ConsentText
from storage.models.guests import GuestLink
from storage.models.intake import IntakeResponse, IntakeSession
from storage.models.people import (
    AccountInvitation,
    CareRelation,
    LoginDevice,
    LoginSession,
    Patient,
    PushSubscription,
    User,
)
from storage.models.properties import Property
from storage.models.recordings import (
    IS_HELD,
    IS_PERISHABLE,
    IS_SPOOLED,
    Recording,
    RecordingPart,
)
from storage.models.retention import Erasure, FilesDeleted, LegalHold, LegalHoldRelease

__all__ = [
    "AccountInvitation",
    "Appointment",
    "AppointmentSeries",
    "AuditCheckpoint",
    "AuditCosignature",
    "AuditLeaf",
    "AuditPending",
    "AuditRow",
    "AuditTile",
    "Base",
    "BreakGlassAccess",
    "CallParticipant",
    "CalendarFeed",
    "CareRelation",
    "Carried",
    "ChatFile",
    "ChatMessage",
    "ClinicalKey",
    "ConnectionChange",
    "Consent",
    "ConsentText",
    "CrisisEntryRow",
    "Erasure",
    "FilesDeleted",
    "GuestLink",
    "IS_HELD",
    "IS_PERISHABLE",
    "IS_PRESENT",
    "IS_SPOOLED",
    "IS_UNFINISHED",
    "Id",
    "IntakeResponse",
    "IntakeSession",
    "LegalHold",
    "Letter",
    "LegalHoldRelease",
    "LoginDevice",
    "LoginSession",
    "Node",
    "Note",
    "Patient",
    "PlaybackGrant",
    "Property",
    "PushSubscription",
    "Recording",
    "RecordingExport",
    "RecordingPart",
    "RecordingRequest",
    "RecordingRequestAnswer",
    "RecordingUnlock",
    "RowNumber",
    "StatedPlace",
    "TelemedicineSession",
    "User",
    "UtcDateTime",
    "one_of",
]
