"""What happened in crises: the rows, whose text is sealed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ids import new_id
from storage.models import CrisisEntryRow, User
from storage.words import CrisisEntry

Named = tuple[CrisisEntryRow, str | None]
"""With the name of whose doing it was; none: nobody's."""


async def add(tx: AsyncSession, row: CrisisEntryRow) -> None:
    tx.add(row)
    await tx.flush()


async def tell(
    tx: AsyncSession, session_id: str, kind: CrisisEntry, at: datetime, by_id: str | None
) -> None:
    """What everybody in the call knows."""
    row = CrisisEntryRow(
        id=new_id(), session_id=session_id, kind=kind, at=at, by_id=by_id, sealed=None
    )
    await add(tx, row)


async def count_written(tx: AsyncSession, session_id: str) -> int:
    """Of those that are sealed."""
    written = CrisisEntryRow.session_id == session_id, CrisisEntryRow.sealed.is_not(None)
    return await tx.scalar(select(func.count()).where(*written)) or 0


async def of_call(tx: AsyncSession, session_id: str) -> Sequence[Named]:
    """In their order."""
    query = (
        select(CrisisEntryRow, User.name)
        .outerjoin(User, User.id == CrisisEntryRow.by_id)
        .where(CrisisEntryRow.session_id == session_id)
        .order_by(CrisisEntryRow.at, CrisisEntryRow.id)
    )
    return [(row, name) for row, name in await tx.execute(query)]
