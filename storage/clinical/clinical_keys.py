"""The rows of the keys of clinical records."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import ClinicalKey
from storage.rows.insert import insert_unless_taken
from storage.vault.tombstones import ClinicalTombstone

AT_ONCE = 500
"""Ids in one statement."""


async def put_first(tx: AsyncSession, row: ClinicalKey) -> ClinicalKey:
    """The row that has this id: this one, or the one that was there before."""
    columns = ClinicalKey.__table__.columns.keys()
    values = {name: getattr(row, name) for name in columns}
    added = await insert_unless_taken(tx, ClinicalKey, values, "id")
    if added is not None:
        return added
    there = await tx.get(ClinicalKey, row.id)
    assert there is not None  # noqa: S101  rows are never deleted
    return there


async def get(tx: AsyncSession, record_id: str) -> ClinicalKey | None:
    return await tx.get(ClinicalKey, record_id)


async def for_change(tx: AsyncSession, record_id: str) -> ClinicalKey | None:
    return await tx.get(ClinicalKey, record_id, with_for_update=True)


def destroy(row: ClinicalKey, tombstone: ClinicalTombstone) -> None:
    """From the commit on nobody can read anything of the record."""
    row.wrapped_key = None
    row.erased_at = tombstone.erased_at
    row.erased_by, row.erase_reason = tombstone.erased_by, tombstone.reason


async def tombstones(tx: AsyncSession) -> Sequence[ClinicalTombstone]:
    """Of all that were ever erased."""
    query = select(ClinicalKey).where(ClinicalKey.erased_at.is_not(None))
    return [tombstone(row, row.erased_at) for row in await tx.scalars(query) if row.erased_at]


def tombstone(
    row: ClinicalKey, at: datetime, by: str | None = None, reason: str | None = None
) -> ClinicalTombstone:
    """What is noted of its erasure."""
    return ClinicalTombstone(
        record_id=row.id,
        erased_at=at,
        erased_by=by or row.erased_by,
        reason=reason or row.erase_reason,
    )


async def undone(tx: AsyncSession, record_ids: Iterable[str]) -> Sequence[str]:
    """Which of them are here, and have not been erased."""
    ids, found = list(record_ids), list[str]()
    for first in range(0, len(ids), AT_ONCE):
        some = ClinicalKey.id.in_(ids[first : first + AT_ONCE])
        query = select(ClinicalKey.id).where(some, ClinicalKey.erased_at.is_(None))
        found += await tx.scalars(query)
    return found


async def newest_key_id(tx: AsyncSession) -> str | None:
    """Which key the newest record that can be read needs; none if there is no record."""
    query = select(ClinicalKey.key_id).where(ClinicalKey.wrapped_key.is_not(None))
    order = ClinicalKey.created_at.desc(), ClinicalKey.id.desc()
    return await tx.scalar(query.order_by(*order).limit(1))
