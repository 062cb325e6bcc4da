"""One audit row from who, what and which call."""

from datetime import datetime

from signaling.kernel.actor import Actor
from storage.audit import AuditEvent, Detail


def entry(
    action: str,
    at: datetime,
    actor: Actor | None,
    *,
    session_id: str | None = None,
    recording_id: str | None = None,
    detail: Detail | None = None,
) -> AuditEvent:
    """`actor` is none for what the server does by itself."""
    if actor is None:
        return AuditEvent(action, at, session_id=session_id, recording_id=recording_id, detail=detail or {})
    return AuditEvent(
        action=action,
        at=at,
        actor_id=actor.user_id,
        actor_name=actor.name,
        actor_role=actor.role,
        session_id=session_id,
        recording_id=recording_id,
        address=actor.address,
        user_agent=actor.user_agent,
        detail=detail or {},
    )
