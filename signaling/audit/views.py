"""Rows of the log turned into resources."""

from signaling.audit import groups
from signaling.audit.resources import AuditEntry, ListedAuditEntry, NamedAuditCall
from storage import audit
from storage.audit.listing import Listed, NamedCall


def entry(stored: audit.AuditEntry) -> AuditEntry:
    """A row by itself."""
    event = stored.event
    return AuditEntry(
        id=stored.id,
        at=event.at,
        action=event.action,
        actor_id=event.actor_id,
        actor_name=event.actor_name,
        actor_role=event.actor_role,
        subject_type=event.subject.type if event.subject else None,
        subject_id=event.subject.id if event.subject else None,
        address=event.address,
        user_agent=event.user_agent,
        detail=dict(event.detail),
    )


def listed(found: Listed) -> ListedAuditEntry:
    """A row of `GET audit`."""
    row = entry(found.entry)
    return ListedAuditEntry(
        **{name: getattr(row, name) for name in AuditEntry.__struct_fields__},
        index=found.index,
        outcome=groups.outcome(row.action),
        recording_id=found.entry.event.recording_id,
        call=_call(found.call) if found.call else None,
        person_name=found.person_name,
    )


def _call(call: NamedCall) -> NamedAuditCall:
    return NamedAuditCall(
        room_id=call.room_id,
        created_at=call.created_at,
        patient_name=call.patient_name,
        provider_name=call.provider_name,
    )
