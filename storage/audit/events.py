"""The append-only log: who did what, when and from where, in the same transaction as what it tells.

Rows are inserted without a place in the tree: concurrent writers would have to wait for each other.
The sequencer puts what was committed into the tree, in tables of its own.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import shapes
from storage.models import AuditRow
from storage.words import AuditAction, SubjectType

MAX_USER_AGENT = 512  # sent by the peer; browsers stay below 300

_IDENTITY = ("session_id", "recording_id", "action", "at", "actor_id")

Detail = Mapping[str, str | int | bool | None]
DAMAGED: Detail = {"damaged": True}
"""Of an event whose own can no longer be read."""


@dataclass(frozen=True)
class Subject:
    """What an event is about."""

    type: SubjectType
    id: str


@dataclass(frozen=True)
class AuditEvent:
    """One event, before or after it was stored. `at` is a UTC-aware instant,
    kept to the microsecond.

    `session_id` and `recording_id` tell in whose log it is shown, also where it is about a part of
    them.
    """

    action: AuditAction
    at: datetime
    actor_id: str | None = None
    actor_name: str | None = None
    actor_role: str | None = None
    subject: Subject | None = None
    session_id: str | None = None
    recording_id: str | None = None
    address: str | None = None
    user_agent: str | None = None
    detail: Detail = field(default_factory=dict)


@dataclass(frozen=True)
class AuditEntry:
    id: int
    event: AuditEvent


async def append(tx: AsyncSession, event: AuditEvent) -> int:
    """Returns the row's id. It counts once the transaction has committed."""
    row = AuditRow(
        at=event.at,
        action=event.action,
        actor_id=event.actor_id,
        actor_name=event.actor_name,
        actor_role=event.actor_role,
        session_id=event.session_id,
        recording_id=event.recording_id,
        subject_type=event.subject.type if event.subject else None,
        subject_id=event.subject.id if event.subject else None,
        address=event.address,
        user_agent=None if event.user_agent is None else event.user_agent[:MAX_USER_AGENT],
        detail=json.dumps(event.detail, ensure_ascii=False, separators=(",", ":"), sort_keys=True),
    )
    tx.add(row)
    await tx.flush()
    return row.id


async def holds(tx: AsyncSession, event: AuditEvent) -> bool:
    """Whether this very event was written: the same thing, at the same microsecond,
    by the same person.
    """
    same = [getattr(AuditRow, name) == getattr(event, name) for name in _IDENTITY]
    return (await tx.scalar(select(AuditRow.id).where(*same).limit(1))) is not None


async def for_recording(tx: AsyncSession, recording_id: str) -> Sequence[AuditEntry]:
    """What happened to a recording, oldest first."""
    rows = await tx.scalars(
        select(AuditRow).where(AuditRow.recording_id == recording_id).order_by(AuditRow.id)
    )
    return [entry_of(row) for row in rows]


async def for_recordings(
    tx: AsyncSession, recording_ids: Collection[str], actions: Collection[AuditAction]
) -> Mapping[str, Sequence[AuditEntry]]:
    """What of these kinds happened to each of them, newest first."""
    query = select(AuditRow).where(
        AuditRow.recording_id.in_(recording_ids), AuditRow.action.in_(actions)
    )
    found: dict[str, list[AuditEntry]] = {}
    for row in await tx.scalars(query.order_by(AuditRow.at.desc(), AuditRow.id.desc())):
        found.setdefault(row.recording_id or "", []).append(entry_of(row))
    return found


def entry_of(row: AuditRow) -> AuditEntry:
    """What is stored, read."""
    detail = shapes.read(row, "detail", dict[str, str | int | bool | None])
    subject = None
    if row.subject_type and row.subject_id:
        subject = Subject(row.subject_type, row.subject_id)
    return AuditEntry(
        row.id,
        AuditEvent(
            action=row.action,
            at=row.at,
            actor_id=row.actor_id,
            actor_name=row.actor_name,
            actor_role=row.actor_role,
            subject=subject,
            session_id=row.session_id,
            recording_id=row.recording_id,
            address=row.address,
            user_agent=row.user_agent,
            detail=DAMAGED if detail is None else detail,
        ),
    )
