"""The append-only log: what happened (`events.py`), and a Merkle tree over it that shows every
later change to whoever kept a checkpoint.
"""

from storage.audit.events import (
    MAX_USER_AGENT,
    AuditEntry,
    AuditEvent,
    Detail,
    Subject,
    append,
    for_recording,
    for_recordings,
    holds,
)

__all__ = [
    "MAX_USER_AGENT",
    "AuditEntry",
    "AuditEvent",
    "Detail",
    "Subject",
    "append",
    "for_recording",
    "for_recordings",
    "holds",
]
