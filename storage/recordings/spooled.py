"""Parts that are to be uploaded, and where the files of parts are.

Whoever changes that is no carrier of the row: what is told here says nothing of the recording, and
its code does not cover it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Node, Recording, RecordingPart
from storage.recordings import recordings
from storage.rows.carriers import carrier_of
from storage.words import SETTLED

BATCH = 100


@dataclass(frozen=True)
class Spooled:
    """What is in the spool of one folder."""

    paths: Sequence[str]
    """Of all files, those that are still written among them."""
    oldest: Recording | None
    """Of those that could be uploaded, the recording that began first."""


async def standing(tx: AsyncSession, place_id: str) -> Spooled:
    """Of that folder."""
    of_here = RecordingPart.kept == "spool", RecordingPart.place_id == place_id
    not_lost = RecordingPart.state != "lost"
    paths = await tx.scalars(select(RecordingPart.path).where(*of_here, not_lost))
    oldest = (
        select(Recording)
        .join(RecordingPart, RecordingPart.recording_id == Recording.id)
        .where(*of_here, RecordingPart.state.in_(SETTLED), Recording.state != "erased")
        .order_by(Recording.started_at)
        .limit(1)
    )
    return Spooled(paths.all(), await tx.scalar(oldest))


async def waiting(tx: AsyncSession, place_id: str) -> Sequence[RecordingPart]:
    """Some that this server may upload, oldest first.

    Of servers that share a folder each uploads what it has recorded, and what one has left that is
    no more.
    """
    node_id = carrier_of(tx).node_id
    runs = exists().where(Node.id == RecordingPart.node_id, Node.lease_until > func.now())
    query = (
        select(RecordingPart)
        .join(Recording, Recording.id == RecordingPart.recording_id)
        .where(
            RecordingPart.kept == "spool",
            RecordingPart.place_id == place_id,
            RecordingPart.state.in_(SETTLED),
            Recording.state != "erased",
            or_(RecordingPart.node_id.is_not_distinct_from(node_id), ~runs),
        )
        .order_by(Recording.started_at, RecordingPart.offset_ms, RecordingPart.id)
        .limit(BATCH)
    )
    return (await tx.scalars(query)).all()


async def mark(tx: AsyncSession, after: str, limit: int, place_id: str | None) -> Sequence[str]:
    """The next parts that stay in a folder for good are to be uploaded, too; which ones, in the
    order of their ids.

    Parts of versions that had no markers are in the one folder that there was: `place_id`.
    """
    query = (
        select(RecordingPart.id)
        .join(Recording, Recording.id == RecordingPart.recording_id)
        .where(
            RecordingPart.kept == "folder",
            RecordingPart.state.in_(SETTLED),
            Recording.state != "erased",
            RecordingPart.id > after,
        )
        .order_by(RecordingPart.id)
        .limit(max(0, limit))
    )
    found = (await tx.scalars(query)).all()
    unknown = RecordingPart.id.in_(found), RecordingPart.place_id.is_(None)
    await _set(tx, *unknown, place_id=place_id)
    await _set(tx, RecordingPart.id.in_(found), kept="spool")
    return found


async def still_waiting(tx: AsyncSession, part_ids: Collection[str]) -> set[str]:
    """Which of them are not uploaded yet, and were not erased."""
    query = (
        select(RecordingPart.id)
        .join(Recording, Recording.id == RecordingPart.recording_id)
        .where(
            RecordingPart.id.in_(part_ids),
            RecordingPart.kept == "spool",
            Recording.state != "erased",
        )
    )
    return set(await tx.scalars(query))


async def left_behind(tx: AsyncSession, place_id: str) -> Sequence[RecordingPart]:
    """Those that are uploaded, and whose files may still be in that folder."""
    of_here = RecordingPart.kept == "bucket", RecordingPart.place_id == place_id
    return (await tx.scalars(select(RecordingPart).where(*of_here))).all()


@dataclass(frozen=True)
class Elsewhere:
    """Parts of one recorder that are in no bucket, and in another folder than this server's."""

    place_id: str
    node_id: str | None
    parts: int


async def elsewhere(tx: AsyncSession, place_id: str | None) -> Sequence[Elsewhere]:
    """Than in the folder of which the marker holds this."""
    of = RecordingPart.place_id, RecordingPart.node_id
    query = (
        select(*of, func.count())
        .join(Recording, Recording.id == RecordingPart.recording_id)
        .where(
            RecordingPart.place_id.is_not(None),
            RecordingPart.place_id != place_id,
            RecordingPart.kept != "bucket",
            RecordingPart.state != "lost",
        )
        .group_by(*of)
        .order_by(*of)
    )
    return [Elsewhere(str(place), node, count) for place, node, count in await tx.execute(query)]


async def has_any_in_bucket(tx: AsyncSession) -> bool:
    """Of recordings that were not erased."""
    query = (
        select(RecordingPart.id)
        .join(Recording, Recording.id == RecordingPart.recording_id)
        .where(RecordingPart.kept == "bucket", Recording.state != "erased")
    )
    return await tx.scalar(query.limit(1)) is not None


async def has_any_in_folder(tx: AsyncSession, node_id: str | None) -> bool:
    """Whether that server has recorded something that may be in no bucket."""
    query = (
        select(RecordingPart.id)
        .join(Recording, Recording.id == RecordingPart.recording_id)
        .where(
            RecordingPart.node_id.is_not_distinct_from(node_id),
            RecordingPart.kept != "bucket",
            RecordingPart.state != "lost",
            Recording.state != "erased",
        )
    )
    return await tx.scalar(query.limit(1)) is not None


async def is_erased(tx: AsyncSession, part: RecordingPart) -> bool:
    """Its recording, as of now."""
    query = select(Recording.state).where(Recording.id == part.recording_id)
    return (await tx.scalar(query)) in {None, "erased"}


async def uploaded(tx: AsyncSession, part: RecordingPart) -> bool:
    """It was verified in the bucket; false if its recording was erased meanwhile.

    From the commit on its file may be removed from the folder.
    """
    if (await recordings.for_change(tx, part.recording_id)).state == "erased":
        return False
    await _set(tx, RecordingPart.id == part.id, kept="bucket")
    return True


async def removed(tx: AsyncSession, part: RecordingPart) -> None:
    """No folder has its file any more."""
    await _set(tx, RecordingPart.id == part.id, place_id=None)


async def all_removed(tx: AsyncSession, recording_id: str, place_id: str | None) -> None:
    """That folder has no file of an erased recording any more, and nobody will upload one."""
    of_it = RecordingPart.recording_id == recording_id, RecordingPart.place_id == place_id
    await _set(tx, *of_it, place_id=None)


async def _set(tx: AsyncSession, *where: ColumnElement[bool], **values: str | None) -> None:
    statement = update(RecordingPart).where(*where).values(**values)
    await tx.execute(statement.execution_options(synchronize_session=False))
