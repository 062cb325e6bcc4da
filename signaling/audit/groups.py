"""What events are about, and how they ended, in the words of whoever looks for them. Pure."""

from collections.abc import Mapping
from typing import Literal

from storage.words import AuditAction

AuditGroup = Literal[
    "sign_in",
    "people",
    "calls",
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
            "user.added",
            "user.disabled",
            "user.enabled",
            "user.issuer_changed",
            "user.password_changed",
            "user.role_changed",
        }
    ),
    "calls": frozenset(
        {
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
        }
    ),
    "consent": frozenset(
        {
            "consent.declined",
            "consent.given",
            "consent.withdrawn",
            "recording.off_the_record",
            "recording.on_the_record",
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
            "recording.denied",
            "recording.downloaded",
            "recording.exported",
            "recording.listed",
            "recording.played",
            "recording.streamed",
            "recording.viewed",
        }
    ),
    "keeping": frozenset(
        {
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
    "log": frozenset({"audit.exported", "audit.read"}),
}
"""Each action is in one of them, which a test holds."""

_REFUSED: frozenset[AuditAction] = frozenset(
    {"access.denied", "recording.denied", "user.sign_in_failed"}
)
_FAILED: frozenset[AuditAction] = frozenset(
    {"call.failed", "recording.damaged", "recording.failed", "recording.left_torn"}
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
