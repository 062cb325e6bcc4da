"""The words that columns hold: types here, CHECK constraints in the database (`models.one_of`).

signaling declares the same words for everybody else; `tests/test_words.py` holds the two equal.
Those of the audit log and of authenticity are declared here alone: OpenAPI and the pages are made
from them.
"""

from typing import Literal

Role = Literal["patient", "provider", "compliance", "ops", "admin", "guest"]
"""`guest`: somebody without an account, who was sent a link into one call."""
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
Condition = Literal["lost", "poor", "fair", "good", "excellent"]
"""How well somebody's connection works at a moment; `lost`: it does not."""
RecordingState = Literal["recording", "complete", "recovered", "torn", "failed", "erased"]
RecordingFilter = Literal[
    "recording", "sealed", "recovered", "torn", "failed", "on_hold", "expiring", "erased"
]
"""Which recordings a list shows: by what became of them, where `sealed` is a complete one, or by
what keeps them.
"""
ErasureBasis = Literal["request", "retention", "withdrawal"]
"""On what ground a recording was erased: compliance asked for it, its time was over, or somebody
who was recorded withdrew their consent.
"""
RequestKind = Literal["copy", "erasure"]
"""What a patient asks for of a recording."""
PurposeOfUse = Literal["TREAT", "PATRQT", "HLEGAL", "HQUALIMP", "HOPERAT"]
"""Why somebody opens a recording, by the codes of HL7's PurposeOfUse (v3-ActReason)."""
ExportContents = Literal["film", "parts", "encrypted"]
"""What an export has of the media: one film of all parts, each part as it was recorded, or the
encrypted files, for whoever has their key.
"""
FilmLayout = Literal["grid", "screen"]
"""Of a film: equal tiles, or what is shared large and everybody in a column beside it."""
ExportState = Literal["queued", "running", "done", "failed", "cancelled", "expired"]
"""What became of an export that was asked for; `expired`: it was made, and is destroyed."""
ExportPhase = Literal["reading", "composing", "writing"]
"""What a running one does: in bytes, in milliseconds of the film, and in bytes again."""
ExportFailure = Literal[
    "recording_erased",
    "nothing_to_export",  # nothing of it can be read
    "no_space",
    "key_away",
    "key_missing",
    "store_away",
    "not_uploaded",  # a part is on another server
    "log_key_missing",  # nobody could sign it
    "interrupted",  # its server died again and again
    "not_made",  # for any other reason, which the server's log has
    "key_lost",  # the one copy of its key was in the memory of a server that was started anew
    "approval_ended",  # which it rested on
]
"""Why there is no export, or none any more."""
EmergencyPurpose = Literal["ETREAT", "BTG"]
"""Why a provider opens one who may not otherwise, by the codes of the same list."""
AnyPurpose = Literal[PurposeOfUse, EmergencyPurpose]
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
AppointmentStatus = Literal["booked", "fulfilled", "noshow", "cancelled"]
"""Of FHIR's AppointmentStatus, as far as a practice of video calls has them."""
ClinicalKind = Literal["chat", "note", "intake", "place", "file", "crisis"]
"""What a clinical record is: of one call's chat, a note, answers, where a patient was, a file of a
chat, or what was done in a crisis.
"""
FileKept = Literal["folder", "bucket"]
"""Where a file of a chat is: in the folder of the recordings, or in the bucket."""
CrisisEntry = Literal["raised", "acknowledged", "over", "ticked", "unticked", "noted"]
"""What happened in a crisis: that there is one, what of the check list is done, and a line."""
PlaceAnswer = Literal["given", "withheld"]
"""Whether a patient said where they are, or that they would rather not."""
IntakeSource = Literal["platform", "patient", "pulled"]
"""Who sent the answers to questionnaires, or that a provider asked the platform for them."""
AuditAction = Literal[
    "access.denied",
    "appointment.arrived",
    "appointment.booked",
    "appointment.cancelled",
    "appointment.fulfilled",
    "appointment.listed",
    "appointment.missed",
    "appointment.moved",
    "appointment.restored",
    "audit.expired",
    "audit.exported",
    "audit.key_changed",
    "audit.read",
    "audit.retention_changed",
    "backup.made",
    "backup.restored",
    "call.accepted",
    "call.crisis_over",
    "call.declined",
    "call.emergency",
    "call.emergency_acknowledged",
    "call.emergency_alerted",
    "call.ended",
    "call.extended",
    "call.failed",
    "call.initiated",
    "call.missed",
    "call.participant_declined",
    "call.participant_invited",
    "call.participant_joined",
    "call.participant_left",
    "call.participant_missed",
    "call.participant_removed",
    "chat.file_read",
    "chat.file_sent",
    "chat.read",
    "chat.written",
    "clinical.erased",
    "configuration.changed",
    "consent.declined",
    "consent.given",
    "consent.withdrawn",
    "crisis.noted",
    "crisis.read",
    "feed.closed",
    "feed.opened",
    "feed.read",
    "guest.entered",
    "guest.identity_confirmed",
    "guest.link_made",
    "guest.link_revoked",
    "guest.link_sent",
    "guest.refused",
    "intake.pulled",
    "intake.received",
    "intake.viewed",
    "key.changed",
    "key.noted",
    "key.opened",
    "key.refused",
    "key.rotation_begun",
    "key.rotation_finished",
    "key.used",
    "note.listed",
    "note.read",
    "note.written",
    "patient.assigned",
    "patient.changed",
    "patient.unassigned",
    "patient.viewed",
    "place.read",
    "place.said",
    "recording.asked",
    "recording.break_glass",
    "recording.break_glass_alerted",
    "recording.break_glass_reviewed",
    "recording.completed",
    "recording.damaged",
    "recording.denied",
    "recording.downloaded",
    "recording.erased",
    "recording.failed",
    "recording.files_deleted",
    "recording.hold_placed",
    "recording.hold_released",
    "recording.export_cancelled",
    "recording.export_destroyed",
    "recording.export_downloaded",
    "recording.export_failed",
    "recording.export_made",
    "recording.export_requested",
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
    "recording.still_taken",
    "recording.stopped",
    "recording.switched_off",
    "recording.streamed",
    "recording.unlock_approved",
    "recording.unlock_refused",
    "recording.unlock_requested",
    "recording.unlock_revoked",
    "recording.unlock_withdrawn",
    "recording.viewed",
    "server.started",
    "server.stopped",
    "user.added",
    "user.changed",
    "user.disabled",
    "user.enabled",
    "user.invitation_accepted",
    "user.invitation_revoked",
    "user.invited",
    "user.issuer_changed",
    "user.password_changed",
    "user.role_changed",
    "user.sign_in_failed",
    "user.sign_ins_ended",
    "user.signed_in",
    "user.signed_out",
]
LetterKind = Literal["calendar", "day_before", "soon", "guest_link"]
"""What a letter is for: an appointment as it is now, that one begins within a day, or a quarter of
an hour, or the link by which somebody without an account gets in.
"""
LetterOutcome = Literal["sent", "obsolete", "failed"]
GuestChannel = Literal["email", "sms", "copy"]
"""How a link for a guest reaches them; `copy`: by whoever made it."""
FeedShows = Literal["busy", "names"]
"""What a private address shows of a calendar: times alone, or with whom."""
SubjectType = Literal["session", "recording", "part", "user", "appointment"]
"""What an event can be about; what is about the whole installation has no subject."""
