"""What events are about, and how they ended, in the words of whoever looks for them. Pure."""

from collections.abc import Mapping
from typing import Literal

from storage.words import AuditAction

AuditGroup = Literal[
    "sign_in",
    "appointments",
    "people",
    "guests",
    "calls",
    "clinical",
    "consent",
    "recording",
    "access",
    "keeping",
    "keys",
    "server",
    "log",
]
AuditOutcome = Literal["done", "refused", "failed"]

GROUPS: Mapping[AuditGroup, frozenset[AuditAction]] = {
    "sign_in": frozenset(
        {"user.signed_in", "user.signed_out", "user.sign_in_failed", "access.denied"}
    ),
    "people": frozenset(
        {
            "patient.assigned",
            "patient.changed",
            "patient.unassigned",
            "patient.viewed",
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
            "user.sign_ins_ended",
        }
    ),
    "appointments": frozenset(
        {
            "appointment.arrived",
            "appointment.booked",
            "appointment.cancelled",
            "appointment.fulfilled",
            "appointment.listed",
            "appointment.missed",
            "appointment.moved",
            "appointment.restored",
            "feed.closed",
            "feed.opened",
            "feed.read",
        }
    ),
    "guests": frozenset(
        {
            "guest.entered",
            "guest.identity_confirmed",
            "guest.link_made",
            "guest.link_revoked",
            "guest.link_sent",
            "guest.refused",
        }
    ),
    "clinical": frozenset(
        {
            "chat.file_read",
            "chat.file_sent",
            "chat.read",
            "chat.written",
            "crisis.noted",
            "crisis.read",
            "intake.pulled",
            "intake.received",
            "intake.viewed",
            "note.listed",
            "note.read",
            "note.written",
            "place.read",
            "place.said",
        }
    ),
    "calls": frozenset(
        {
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
        }
    ),
    "consent": frozenset(
        {
            "consent.declined",
            "consent.given",
            "consent.withdrawn",
            "recording.asked",
            "recording.off_the_record",
            "recording.on_the_record",
            "recording.switched_off",
        }
    ),
    "recording": frozenset(
        {
            "recording.completed",
            "recording.damaged",
            "recording.failed",
            "recording.left_torn",
            "recording.recovered",
            "recording.started",
            "recording.stopped",
        }
    ),
    "access": frozenset(
        {
            "recording.break_glass",
            "recording.break_glass_alerted",
            "recording.break_glass_reviewed",
            "recording.denied",
            "recording.downloaded",
            "recording.export_cancelled",
            "recording.export_destroyed",
            "recording.export_downloaded",
            "recording.export_failed",
            "recording.export_made",
            "recording.export_requested",
            "recording.exported",
            "recording.listed",
            "recording.played",
            "recording.still_taken",
            "recording.streamed",
            "recording.unlock_approved",
            "recording.unlock_refused",
            "recording.unlock_requested",
            "recording.unlock_revoked",
            "recording.unlock_withdrawn",
            "recording.viewed",
        }
    ),
    "keeping": frozenset(
        {
            "clinical.erased",
            "recording.erased",
            "recording.files_deleted",
            "recording.hold_placed",
            "recording.hold_released",
            "recording.kept",
            "recording.request_answered",
            "recording.requested",
            "recording.retention_changed",
        }
    ),
    "keys": frozenset(
        {
            "audit.key_changed",
            "key.changed",
            "key.noted",
            "key.opened",
            "key.refused",
            "key.rotation_begun",
            "key.rotation_finished",
            "key.used",
        }
    ),
    "server": frozenset(
        {
            "backup.made",
            "backup.restored",
            "configuration.changed",
            "server.started",
            "server.stopped",
        }
    ),
    "log": frozenset({"audit.expired", "audit.exported", "audit.read", "audit.retention_changed"}),
}
"""Each action is in one of them, which a test holds."""

_REFUSED: frozenset[AuditAction] = frozenset(
    {"access.denied", "guest.refused", "key.refused", "recording.denied", "user.sign_in_failed"}
)
_FAILED: frozenset[AuditAction] = frozenset(
    {
        "call.failed",
        "recording.damaged",
        "recording.export_failed",
        "recording.failed",
        "recording.left_torn",
    }
)
_ALL = frozenset[AuditAction]().union(*GROUPS.values())
OUTCOMES: Mapping[AuditOutcome, frozenset[AuditAction]] = {
    "done": _ALL - _REFUSED - _FAILED,
    "refused": _REFUSED,
    "failed": _FAILED,
}


def group(action: AuditAction) -> AuditGroup:
    """What it tells is about that."""
    return next(word for word, actions in GROUPS.items() if action in actions)


def outcome(action: AuditAction) -> AuditOutcome:
    """How what it tells ended."""
    return next(word for word, actions in OUTCOMES.items() if action in actions)


def actions(
    group: AuditGroup | None, outcome: AuditOutcome | None
) -> frozenset[AuditAction] | None:
    """Those of both; none: all."""
    if group is None and outcome is None:
        return None
    return (GROUPS[group] if group else _ALL) & (OUTCOMES[outcome] if outcome else _ALL)
