"""One audit row from who, what and what it is about:
every event of the application is made here.
"""

from datetime import datetime

from signaling.kernel.actor import Actor, Origin
from storage.audit import AuditEvent, Detail, Subject
from storage.words import AuditAction, SubjectType


def entry(  # noqa: PLR0913 - one argument a kind of subject, each by its name
    action: AuditAction,
    at: datetime,
    by: Actor | Origin | None,
    *,
    session_id: str | None = None,
    recording_id: str | None = None,
    part_id: str | None = None,
    user_id: str | None = None,
    appointment_id: str | None = None,
    detail: Detail | None = None,
) -> AuditEvent:
    """Its subject is the narrowest of what it names.

    `by` is none for what the server does by itself.
    """
    named: dict[SubjectType, str | None] = {
        "appointment": appointment_id,
        "user": user_id,
        "part": part_id,
        "recording": recording_id,
        "session": session_id,
    }
    subjects = [Subject(kind, found) for kind, found in named.items() if found is not None]
    actor = by if isinstance(by, Actor) else None
    return AuditEvent(
        action=action,
        at=at,
        actor_id=actor.user_id if actor else None,
        actor_name=actor.name if actor else None,
        actor_role=actor.role if actor else None,
        subject=subjects[0] if subjects else None,
        session_id=session_id,
        recording_id=recording_id,
        address=by.address if by else None,
        user_agent=by.user_agent if by else None,
        detail=detail or {},
    )
