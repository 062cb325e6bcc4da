"""The words that columns hold: types here, CHECK constraints in the database (`models.one_of`).

signaling declares the same words for everybody else; `tests/test_words.py` holds the two equal.
Those of the audit log and of authenticity are declared here alone: OpenAPI and the pages are made
from them.
"""

from typing import Literal

Role = Literal["patient", "provider", "compliance", "ops", "admin"]
LOCAL_ISSUER = "local"
"""Who vouches for the accounts made here; no platform's name.

Issuers of OpenID Connect are URLs.
"""
Side = Literal["patient", "provider", "interpreter", "relative", "supervisor", "observer"]
"""What somebody is in a call, whatever the role is that they sign in with."""
LeftReason = Literal["left", "removed", "declined", "missed", "call_ended"]
"""Of who never joined: `removed` is an invitation withdrawn, `call_ended` one
that the call's end overtook.
"""
CallStatus = Literal["initiated", "active", "ended", "failed", "declined", "missed"]
Quality = Literal["poor", "fair", "good", "excellent"]
RecordingState = Literal["recording", "complete", "recovered", "torn", "failed", "erased"]
RecordingFilter = Literal["on_hold", "expiring", "erased"]
"""Which recordings a list shows."""
ErasureBasis = Literal["request", "retention", "withdrawal"]
"""On what ground a recording was erased: compliance asked for it, its time was over, or somebody
who was recorded withdrew their consent.
"""
RequestKind = Literal["copy", "erasure"]
"""What a patient asks for of a recording."""
PurposeOfUse = Literal["TREAT", "PATRQT", "HLEGAL", "HQUALIMP", "HOPERAT"]
"""Why somebody opens a recording, by the codes of HL7's PurposeOfUse (v3-ActReason)."""
PartSource = Literal["camera", "screen"]
PartState = Literal["recording", "sealed", "recovered", "torn", "lost"]
Kept = Literal["folder", "spool", "bucket"]
"""Where the file of a part is: in a folder for good, there until it is uploaded, or uploaded and
verified.
"""
SETTLED: tuple[PartState, ...] = ("sealed", "recovered", "torn")
"""Of parts whose files never change again."""
PLAYABLE: tuple[PartState, ...] = ("sealed", "recovered")
Authenticity = Literal["authentic", "changed", "not_authenticated", "unknown"]
"""Of what the database says of a recording: as the server wrote it, or not; too old; no key."""
Decision = Literal["given", "declined", "withdrawn"]
AuditAction = Literal[
    "access.denied",
    "audit.exported",
    "audit.key_changed",
    "audit.read",
    "backup.made",
    "backup.restored",
    "call.accepted",
    "call.declined",
    "call.emergency",
    "call.emergency_acknowledged",
    "call.emergency_alerted",
    "call.ended",
    "call.failed",
    "call.initiated",
    "call.missed",
    "call.participant_declined",
    "call.participant_invited",
    "call.participant_joined",
    "call.participant_left",
    "call.participant_missed",
    "call.participant_removed",
    "configuration.changed",
    "consent.declined",
    "consent.given",
    "consent.withdrawn",
    "key.changed",
    "key.rotation_begun",
    "key.rotation_finished",
    "key.used",
    "recording.completed",
    "recording.damaged",
    "recording.denied",
    "recording.downloaded",
    "recording.erased",
    "recording.failed",
    "recording.files_deleted",
    "recording.hold_placed",
    "recording.hold_released",
    "recording.exported",
    "recording.kept",
    "recording.left_torn",
    "recording.listed",
    "recording.off_the_record",
    "recording.on_the_record",
    "recording.played",
    "recording.recovered",
    "recording.retention_changed",
    "recording.request_answered",
    "recording.requested",
    "recording.started",
    "recording.stopped",
    "recording.streamed",
    "recording.viewed",
    "server.started",
    "server.stopped",
    "user.added",
    "user.disabled",
    "user.enabled",
    "user.issuer_changed",
    "user.password_changed",
    "user.role_changed",
    "user.sign_in_failed",
    "user.signed_in",
    "user.signed_out",
]
SubjectType = Literal["session", "recording", "part", "user"]
"""What an event can be about; what is about the whole installation has no subject."""
