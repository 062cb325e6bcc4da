"""Recordings and their parts.

Change a loaded row by assigning to its attributes inside the transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cluster.nodes import require_lease
from storage.models import (
    CallParticipant,
    ClinicalKey,
    Recording,
    RecordingPart,
    TelemedicineSession,
    User,
)
from storage.rows.carriers import is_left, take_over
from storage.words import Kept, PartSource, Side

SIDE = (
    select(CallParticipant.side)
    .where(
        CallParticipant.session_id == Recording.session_id,
        CallParticipant.user_id == RecordingPart.participant_id,
    )
    .order_by(CallParticipant.invited_at.desc())
    .limit(1)
    .correlate(Recording, RecordingPart)
    .scalar_subquery()
)
"""As what the participant of a part took part in the call."""


@dataclass(frozen=True)
class NamedPart:
    part: RecordingPart
    participant_name: str
    participant_side: Side


async def create(
    tx: AsyncSession,
    recording_id: str,
    *,
    session_id: str,
    wrapped_key: bytes,
    key_id: str,
    now: datetime,
) -> Recording:
    """Of a call that there is. The caller makes the id first (`ids.new_id`), because the wrapped
    key is bound to it.
    """
    session = await tx.get_one(TelemedicineSession, session_id)
    recording = Recording(
        id=recording_id,
        session_id=session_id,
        patient_id=session.patient_id,
        provider_id=session.provider_id,
        audio_only=session.audio_only,
        state="recording",
        started_at=now,
        wrapped_key=wrapped_key,
        key_id=key_id,
    )
    tx.add(recording)
    await tx.flush()
    return recording


async def add_part(  # noqa: PLR0913 - one argument a column, each by its name
    tx: AsyncSession,
    part_id: str,
    *,
    recording_id: str,
    participant_id: str,
    source: PartSource,
    media_type: str,
    path: str,
    offset_ms: int,
    place_id: str | None = None,
    kept: Kept = "folder",
) -> RecordingPart:
    """A part that is about to be written, of a recording that this transaction may change.

    The caller makes the id first, because the file is bound to it.
    """
    part = RecordingPart(
        id=part_id,
        recording_id=recording_id,
        participant_id=participant_id,
        source=source,
        media_type=media_type,
        path=path,
        place_id=place_id,
        kept=kept,
        offset_ms=offset_ms,
        state="recording",
    )
    tx.add(part)
    extend(await tx.get_one(Recording, recording_id), part)
    await tx.flush()
    return part


def extend(recording: Recording, part: RecordingPart) -> None:
    """The recording lasts until the end of its last part, also where it is searched by length:
    whoever changes when a part begins or how long it is calls this in the same transaction.
    """
    recording.duration_ms = max(recording.duration_ms or 0, length([part]))


def length(parts: Sequence[RecordingPart]) -> int:
    """Until the end of the last of them, in ms. Pure."""
    return max((part.offset_ms + (part.duration_ms or 0) for part in parts), default=0)


async def newest(tx: AsyncSession) -> Recording | None:
    """Of those that have a key."""
    query = select(Recording).where(Recording.wrapped_key.is_not(None))
    return await tx.scalar(
        query.order_by(Recording.started_at.desc(), Recording.id.desc()).limit(1)
    )


async def newest_of(tx: AsyncSession, session_id: str) -> Recording | None:
    """Of a call; one that was erased only if there is no other."""
    query = select(Recording).where(Recording.session_id == session_id)
    erased = Recording.state == "erased"
    order = erased, Recording.started_at.desc(), Recording.id.desc()
    return await tx.scalar(query.order_by(*order).limit(1))


async def parts(tx: AsyncSession, recording_id: str) -> Sequence[NamedPart]:
    """In the order in which they begin."""
    rows = await tx.execute(
        select(RecordingPart, User.name, SIDE)
        .join(Recording, Recording.id == RecordingPart.recording_id)
        .join(User, User.id == RecordingPart.participant_id)
        .where(RecordingPart.recording_id == recording_id)
        .order_by(RecordingPart.offset_ms, RecordingPart.id)
    )
    return [NamedPart(*row) for row in rows]


async def part_of(
    tx: AsyncSession, recording_id: str, part_id: str
) -> tuple[Recording, NamedPart] | None:
    """One part of that recording, without a look at its others."""
    rows = await tx.execute(
        select(Recording, RecordingPart, User.name, SIDE)
        .join(RecordingPart, RecordingPart.recording_id == Recording.id)
        .join(User, User.id == RecordingPart.participant_id)
        .where(Recording.id == recording_id, RecordingPart.id == part_id)
    )
    row = rows.one_or_none()
    return None if row is None else (row[0], NamedPart(*row[1:]))


async def part_by_id(tx: AsyncSession, part_id: str) -> RecordingPart | None:
    return await tx.get(RecordingPart, part_id)


async def for_change(tx: AsyncSession, recording_id: str) -> Recording:
    """Nobody else changes it or its parts through this function until the transaction ends.

    Raises LookupError.
    """
    query = select(Recording).where(Recording.id == recording_id)
    locked = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    recording = await tx.scalar(locked)
    if recording is None:
        raise LookupError("a recording has lost its row")
    return recording


async def part_macs(tx: AsyncSession, recording_id: str) -> Mapping[str, bytes | None]:
    """Which parts it has, each with the code of its row."""
    rows = await tx.execute(
        select(RecordingPart.id, RecordingPart.mac).where(
            RecordingPart.recording_id == recording_id
        )
    )
    return {part_id: mac for part_id, mac in rows}  # noqa: C416 - rows are no pairs to mypy


async def newest_paths(tx: AsyncSession, limit: int) -> Sequence[str]:
    """Files that should be in a folder."""
    query = (
        select(RecordingPart.path)
        .join(Recording, Recording.id == RecordingPart.recording_id)
        .where(
            RecordingPart.state != "lost",
            RecordingPart.kept != "bucket",
            Recording.state != "erased",
        )
        .order_by(Recording.started_at.desc(), Recording.id.desc())
    )
    return (await tx.scalars(query.limit(limit))).all()


async def all_files(tx: AsyncSession) -> Sequence[RecordingPart]:
    """Every part of which there should be a file, in a folder or in the bucket."""
    query = (
        select(RecordingPart)
        .join(Recording, Recording.id == RecordingPart.recording_id)
        .where(RecordingPart.state != "lost", Recording.state != "erased")
        .order_by(RecordingPart.path)
    )
    return (await tx.scalars(query)).all()


async def key_ids(tx: AsyncSession) -> Sequence[str]:
    """Which key files the recordings and the clinical records need."""
    owners = (Recording, ClinicalKey)
    query = union(*(select(owner.key_id).where(owner.wrapped_key.is_not(None)) for owner in owners))
    return sorted(await tx.scalars(query))


async def take_left(tx: AsyncSession, place_id: str | None = None) -> Sequence[Recording]:
    """Open ones whose server is no more: from now on this one carries them and their open parts.

    What is still open in the folder of another server, that one closes. Raises LeaseLost.
    """
    await require_lease(tx)
    elsewhere = exists().where(
        RecordingPart.recording_id == Recording.id,
        RecordingPart.state == "recording",
        RecordingPart.place_id != place_id,
    )
    of_here = Recording.state == "recording", is_left(tx, Recording), ~elsewhere
    query = select(Recording).where(*of_here).order_by(Recording.started_at)
    rows = (await tx.scalars(query.with_for_update(skip_locked=True))).all()
    of_them = (
        RecordingPart.recording_id.in_([row.id for row in rows]),
        RecordingPart.state == "recording",
    )
    for row in [*rows, *await tx.scalars(select(RecordingPart).where(*of_them))]:
        take_over(tx, row)
    return rows
