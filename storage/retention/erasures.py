"""Recordings that were erased: the key goes first, then the files; that there was one stays."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import shapes
from storage.models import (
    Erasure,
    FilesDeleted,
    PlaybackGrant,
    Recording,
    RecordingExport,
    RecordingPart,
)
from storage.rows import carriers, exports
from storage.vault.tombstones import Tombstone

AT_ONCE = 500
"""Ids in one statement."""
_LOCK = 0x65726173  # "eras": held by the one transaction that erases what has expired


async def erase(tx: AsyncSession, recording: Recording, tombstone: Tombstone) -> None:
    """Destroy the key of a recording that this transaction has locked (`recordings.for_change`),
    and with it all that was permitted of it. Of its gaps nobody's name is left.

    Whether that is allowed, the caller has asked. From the commit on no part of it can be decrypted
    by anybody, wherever its files are.
    """
    carriers.take_over(tx, recording)
    recording.state, recording.wrapped_key, recording.mac = "erased", None, None
    gaps = shapes.read(recording, "gaps", list[dict[str, Any]])
    recording.gaps = None if gaps is None else [{**gap, "requests": []} for gap in gaps]
    await tx.execute(
        delete(PlaybackGrant)
        .where(PlaybackGrant.recording_id == recording.id)
        .execution_options(synchronize_session=False)
    )
    of_it = RecordingExport.recording_id == recording.id
    await exports.destroy_all(tx, of_it, "recording_erased", tombstone.erased_at)
    if await tx.get(Erasure, recording.id) is None:  # else somebody has put its row back
        tx.add(
            Erasure(
                recording_id=recording.id,
                erased_at=tombstone.erased_at,
                basis=tombstone.basis,
                erased_by=tombstone.erased_by,
                erased_by_name=tombstone.erased_by_name,
                reason=tombstone.reason,
            )
        )
    await tx.flush()


async def is_mine(tx: AsyncSession) -> bool:
    """Whether this transaction may erase what has expired: one at a time, of whichever server.

    On SQLite every transaction is alone.
    """
    if tx.get_bind().dialect.name != "postgresql":
        return True
    statement = text("SELECT pg_try_advisory_xact_lock(:key)")
    return bool(await tx.scalar(statement, {"key": _LOCK}))


async def of_recording(
    tx: AsyncSession, recording_id: str
) -> tuple[Erasure, datetime | None] | None:
    """With when its files were deleted; none of a recording that was not erased."""
    rows = await tx.execute(
        select(Erasure, FilesDeleted.deleted_at)
        .outerjoin(FilesDeleted, FilesDeleted.recording_id == Erasure.recording_id)
        .where(Erasure.recording_id == recording_id)
    )
    row = rows.one_or_none()
    return None if row is None else (row[0], row[1])


async def times(tx: AsyncSession, recording_ids: Iterable[str]) -> Mapping[str, datetime]:
    """When those of them were erased that were."""
    query = select(Erasure.recording_id, Erasure.erased_at)
    rows = await tx.execute(query.where(Erasure.recording_id.in_(list(recording_ids))))
    return {recording_id: at for recording_id, at in rows}  # noqa: C416 - see recordings.py


async def tombstones(tx: AsyncSession) -> Sequence[Tombstone]:
    """Of all that were ever erased."""
    return [_tombstone(row) for row in await tx.scalars(select(Erasure))]


async def unfinished(tx: AsyncSession) -> Sequence[Tombstone]:
    """Of those that may have files."""
    gone = exists().where(FilesDeleted.recording_id == Erasure.recording_id)
    return [_tombstone(row) for row in await tx.scalars(select(Erasure).where(~gone))]


async def undone(tx: AsyncSession, recording_ids: Iterable[str]) -> Sequence[str]:
    """Which of them are here, and have not been erased."""
    ids, found = list(recording_ids), list[str]()
    for first in range(0, len(ids), AT_ONCE):
        some = Recording.id.in_(ids[first : first + AT_ONCE])
        query = select(Recording.id).where(some, Recording.state != "erased")
        found += await tx.scalars(query)
    return found


async def parts(tx: AsyncSession, recording_id: str) -> Sequence[RecordingPart]:
    """All that it ever had."""
    query = select(RecordingPart).where(RecordingPart.recording_id == recording_id)
    return (await tx.scalars(query.order_by(RecordingPart.path))).all()


async def all_paths(tx: AsyncSession) -> Sequence[str]:
    """Of the files of everything that was erased."""
    query = select(RecordingPart.path).join(
        Erasure, Erasure.recording_id == RecordingPart.recording_id
    )
    return (await tx.scalars(query)).all()


async def files_are_deleted(tx: AsyncSession, recording_id: str, now: datetime) -> bool:
    """Of a recording that this transaction has locked; false if somebody has noted it before.

    A part that nobody has closed, as its server was killed, is lost.
    """
    if await tx.get(FilesDeleted, recording_id) is not None:
        return False
    tx.add(FilesDeleted(recording_id=recording_id, deleted_at=now))
    open_ones = RecordingPart.recording_id == recording_id, RecordingPart.state == "recording"
    await tx.execute(update(RecordingPart).where(*open_ones).values(state="lost"))
    await tx.flush()
    return True


def _tombstone(row: Erasure) -> Tombstone:
    return Tombstone(
        recording_id=row.recording_id,
        erased_at=row.erased_at,
        basis=row.basis,
        erased_by=row.erased_by,
        erased_by_name=row.erased_by_name,
        reason=row.reason,
    )
