"""Legal holds: reasons why a recording must not be erased. Placed and released, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.ids import new_id
from storage.models import LegalHold, LegalHoldRelease, Recording, User

Placer = aliased(User)
Releaser = aliased(User)
IS_ACTIVE = ~exists().where(LegalHoldRelease.hold_id == LegalHold.id)
"""Of a hold: nobody has released it."""


@dataclass(frozen=True)
class NamedHold:
    hold: LegalHold
    placed_by_name: str
    release: LegalHoldRelease | None
    released_by_name: str | None


async def place(
    tx: AsyncSession, recording_id: str, *, by: str, reason: str, now: datetime
) -> LegalHold:
    """One more, within a transaction that has locked the recording (`recordings.for_change`)."""
    hold = LegalHold(
        id=new_id(), recording_id=recording_id, placed_at=now, placed_by=by, reason=reason
    )
    tx.add(hold)
    await tx.flush()
    await _note(tx, recording_id)
    return hold


async def release(
    tx: AsyncSession, hold_id: str, *, by: str, reason: str, now: datetime
) -> LegalHoldRelease:
    """An active one, within a transaction that has locked its recording."""
    ended = LegalHoldRelease(hold_id=hold_id, released_at=now, released_by=by, reason=reason)
    tx.add(ended)
    await tx.flush()
    await _note(tx, (await tx.get_one(LegalHold, hold_id)).recording_id)
    return ended


async def of_recording(tx: AsyncSession, recording_id: str) -> Sequence[NamedHold]:
    """Every one that it ever had, oldest first."""
    rows = await tx.execute(
        select(LegalHold, Placer.name, LegalHoldRelease, Releaser.name)
        .join(Placer, Placer.id == LegalHold.placed_by)
        .outerjoin(LegalHoldRelease, LegalHoldRelease.hold_id == LegalHold.id)
        .outerjoin(Releaser, Releaser.id == LegalHoldRelease.released_by)
        .where(LegalHold.recording_id == recording_id)
        .order_by(LegalHold.placed_at, LegalHold.id)
    )
    return [NamedHold(*row) for row in rows]


async def count_active(tx: AsyncSession, recording_id: str) -> int:
    """How many keep the recording; exact in a transaction that has locked it."""
    query = select(func.count()).select_from(LegalHold)
    return await tx.scalar(query.where(LegalHold.recording_id == recording_id, IS_ACTIVE)) or 0


async def _note(tx: AsyncSession, recording_id: str) -> None:
    """In the row that lists are searched by, whichever server carries it."""
    held = await count_active(tx, recording_id) > 0
    await tx.execute(update(Recording).where(Recording.id == recording_id).values(on_hold=held))
