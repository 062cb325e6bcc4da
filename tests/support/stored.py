"""What a database holds, as nobody but tests asks for it."""

from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit import AuditEvent, events
from storage.database import Database
from storage.models import (
    IS_UNFINISHED,
    AuditRow,
    CallParticipant,
    Recording,
    TelemedicineSession,
)


async def ping(database: Database) -> None:
    """Raises DatabaseUnavailable unless a statement is answered."""
    async with database.transaction() as tx:
        await tx.execute(text("SELECT 1"))


async def events_of_call(tx: AsyncSession, session_id: str) -> Sequence[AuditEvent]:
    """What happened in a call, oldest first."""
    query = select(AuditRow).where(AuditRow.session_id == session_id).order_by(AuditRow.id)
    return [events.entry_of(row).event for row in await tx.scalars(query)]


async def all_events(database: Database) -> Sequence[AuditEvent]:
    """All that happened, oldest first."""
    async with database.reading() as tx:
        rows = await tx.scalars(select(AuditRow).order_by(AuditRow.id))
        return [events.entry_of(row).event for row in rows]


async def events_since_start(database: Database) -> Sequence[AuditEvent]:
    """The same without what each start of a server tells."""
    of_starts = {"server.started", "configuration.changed", "audit.retention_changed"}
    return [event for event in await all_events(database) if event.action not in of_starts]


async def participants_of_call(tx: AsyncSession, session_id: str) -> Sequence[CallParticipant]:
    """In the order in which they were invited; somebody who was invited again is there again."""
    query = select(CallParticipant).where(CallParticipant.session_id == session_id)
    rows = await tx.scalars(query)
    return sorted(rows, key=lambda row: (row.invited_at, row.invited_by is not None))


async def unfinished_calls(tx: AsyncSession) -> Sequence[TelemedicineSession]:
    """Those that ring or run, whoever carries them; oldest first."""
    rows = await tx.scalars(select(TelemedicineSession).where(IS_UNFINISHED))
    return sorted(rows, key=lambda row: row.created_at)


async def open_recordings(tx: AsyncSession) -> Sequence[Recording]:
    """Whoever writes them; oldest first."""
    return (
        await tx.scalars(
            select(Recording).where(Recording.state == "recording").order_by(Recording.started_at)
        )
    ).all()
