"""The tables. Rows are plain typed objects; they stay readable after the transaction
that loaded them.

A loaded row is changed by assigning to its attributes inside the transaction; the commit writes
what changed. Times are UTC-aware, ids are strings. Migrations hold the same schema written out; a
test compares the two.
"""

from storage.models.access import PlaybackGrant, RecordingRequest, RecordingRequestAnswer
from storage.models.audit import (
    AuditCheckpoint,
    AuditCosignature,
    AuditLeaf,
    AuditPending,
    AuditRow,
    AuditTile,
)
from storage.models.base import Base, Id, RowNumber, UtcDateTime, one_of
from storage.models.calls import IS_PRESENT, IS_UNFINISHED, CallParticipant, TelemedicineSession
from storage.models.cluster import Carried, Node
from storage.models.consents import Consent, ConsentText
from storage.models.people import LoginDevice, LoginSession, User
from storage.models.properties import Property
from storage.models.recordings import IS_OPEN, IS_SPOOLED, Recording, RecordingPart
from storage.models.retention import Erasure, FilesDeleted, LegalHold, LegalHoldRelease

__all__ = [
    "AuditCheckpoint",
    "AuditCosignature",
    "AuditLeaf",
    "AuditPending",
    "AuditRow",
    "AuditTile",
    "Base",
    "CallParticipant",
    "Carried",
    "Consent",
    "ConsentText",
    "Erasure",
    "FilesDeleted",
    "IS_OPEN",
    "IS_PRESENT",
    "IS_SPOOLED",
    "IS_UNFINISHED",
    "Id",
    "LegalHold",
    "LegalHoldRelease",
    "LoginDevice",
    "LoginSession",
    "Node",
    "PlaybackGrant",
    "Property",
    "Recording",
    "RecordingPart",
    "RecordingRequest",
    "RecordingRequestAnswer",
    "RowNumber",
    "TelemedicineSession",
    "User",
    "UtcDateTime",
    "one_of",
]
