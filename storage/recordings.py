"""Recordings and their parts.

Change a loaded row by assigning to its attributes inside the transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    cast,
    exists,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage import legal_holds
from storage.carriers import is_left, take_over
from storage.models import (
    IS_OPEN,
    CallParticipant,
    Recording,
    RecordingPart,
    TelemedicineSession,
    User,
)
from storage.nodes import require_lease
from storage.page import PAGE_SIZE, Page, Position, first_page, is_after
from storage.words import Kept, PartSource, RecordingFilter, Side

Patient = aliased(User)
Provider = aliased(User)
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
class RecordingSummary:
    """A recording with what a list shows beside it."""

    recording: Recording
    room_id: str
    patient_name: str
    provider_name: str
    on_hold: bool
    audio_only: bool
    duration_ms: int
    """From the start of the recording to the end of its last part."""
    size_bytes: int
    """Of all parts as they are served."""
    guest_names: Sequence[str]
    """Of everybody else who was recorded."""


@dataclass(frozen=True)
class Before:
    """Recordings that began then or earlier, by whether their call had pictures; none: no such."""

    video: datetime | None
    audio: datetime | None


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
    """The caller makes the id first (`ids.new_id`), because the wrapped key is bound to it."""
    recording = Recording(
        id=recording_id,
        session_id=session_id,
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
    """A part that is about to be written.

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
    await tx.flush()
    return part


async def list_newest(
    tx: AsyncSession,
    *,
    only: RecordingFilter | None = None,
    expiring: Before | None = None,
    person_id: str | None = None,
    patient_id: str | None = None,
    cursor: str | None = None,
    limit: int = PAGE_SIZE,
) -> Page[RecordingSummary]:
    """Every recording, erased ones too, or those of a kind, or in which that person was recorded,
    or of calls whose patient somebody was; newest first; `expiring` says which of them are.

    Raises InvalidCursor.
    """
    query = _named().order_by(Recording.started_at.desc(), Recording.id.desc())
    if only == "on_hold":
        query = query.where(Recording.id.in_(legal_holds.held()))
    if only == "expiring":
        query = query.where(_is_over(expiring))
    if only == "erased":
        query = query.where(Recording.state == "erased")
    if person_id is not None:
        recorded = select(RecordingPart.recording_id)
        query = query.where(
            Recording.id.in_(recorded.where(RecordingPart.participant_id == person_id))
        )
    if patient_id is not None:
        query = query.where(TelemedicineSession.patient_id == patient_id)
    if cursor is not None:
        query = query.where(is_after(cursor, Recording.started_at, Recording.id))
    found = await _summaries(tx, query.limit(limit + 1))
    return first_page(
        found, limit, lambda found: Position(found.recording.started_at, found.recording.id)
    )


async def expired(
    tx: AsyncSession, before: Before, limit: int, *, besides: Collection[str] = ()
) -> Sequence[str]:
    """Some of those that began before, nothing holds and nobody has erased; oldest first."""
    query = (
        select(Recording.id)
        .join(TelemedicineSession, TelemedicineSession.id == Recording.session_id)
        .where(_is_over(before), Recording.id.not_in(besides))
        .order_by(Recording.started_at, Recording.id)
        .limit(limit)
    )
    return (await tx.scalars(query)).all()


def _is_over(before: Before | None) -> ColumnElement[bool]:
    """Of recordings beside their calls."""
    if before is None:
        return false()
    of_kind = [
        and_(TelemedicineSession.audio_only.is_(audio_only), Recording.started_at <= at)
        for audio_only, at in ((False, before.video), (True, before.audio))
        if at is not None
    ]
    return and_(
        or_(false(), *of_kind),
        Recording.state.not_in(("recording", "erased")),
        Recording.id.not_in(legal_holds.held()),
    )


async def by_id(tx: AsyncSession, recording_id: str) -> RecordingSummary | None:
    found = await _summaries(tx, _named().where(Recording.id == recording_id))
    return found[0] if found else None


async def newest(tx: AsyncSession) -> Recording | None:
    """Of those that have a key."""
    query = select(Recording).where(Recording.wrapped_key.is_not(None))
    return await tx.scalar(
        query.order_by(Recording.started_at.desc(), Recording.id.desc()).limit(1)
    )


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
    """Which key files the recordings need."""
    query = select(Recording.key_id).where(Recording.wrapped_key.is_not(None)).distinct()
    return (await tx.scalars(query.order_by(Recording.key_id))).all()


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
    of_here = IS_OPEN, is_left(tx, Recording), ~elsewhere
    query = select(Recording).where(*of_here).order_by(Recording.started_at)
    rows = (await tx.scalars(query.with_for_update(skip_locked=True))).all()
    of_them = (
        RecordingPart.recording_id.in_([row.id for row in rows]),
        RecordingPart.state == "recording",
    )
    for row in [*rows, *await tx.scalars(select(RecordingPart).where(*of_them))]:
        take_over(tx, row)
    return rows


def _named() -> Select[Recording, str, str, str, bool, bool]:
    on_hold = Recording.id.in_(legal_holds.held())
    return (
        select(
            Recording,
            TelemedicineSession.room_id,
            Patient.name,
            Provider.name,
            on_hold,
            TelemedicineSession.audio_only,
        )
        .join(TelemedicineSession, TelemedicineSession.id == Recording.session_id)
        .join(Patient, Patient.id == TelemedicineSession.patient_id)
        .join(Provider, Provider.id == TelemedicineSession.provider_id)
    )


async def _summaries(
    tx: AsyncSession, query: Select[Recording, str, str, str, bool, bool]
) -> Sequence[RecordingSummary]:
    rows = (await tx.execute(query)).all()
    ids = [row[0].id for row in rows]
    extents, guests = await _extents(tx, ids), await _guests(tx, ids)
    return [
        RecordingSummary(*row, *extents.get(row[0].id, (0, 0)), guests.get(row[0].id, []))
        for row in rows
    ]


async def _guests(tx: AsyncSession, recording_ids: Sequence[str]) -> Mapping[str, list[str]]:
    """Names of who has a part in these recordings beside patient and provider."""
    person = RecordingPart.participant_id
    rows = await tx.execute(
        select(RecordingPart.recording_id, User.name)
        .join(User, User.id == person)
        .join(Recording, Recording.id == RecordingPart.recording_id)
        .join(TelemedicineSession, TelemedicineSession.id == Recording.session_id)
        .where(
            RecordingPart.recording_id.in_(recording_ids),
            person != TelemedicineSession.patient_id,
            person != TelemedicineSession.provider_id,
        )
    )
    found: dict[str, set[str]] = {}
    for recording_id, name in rows:  # one a part
        found.setdefault(recording_id, set()).add(name)
    return {recording_id: sorted(names) for recording_id, names in found.items()}


async def _extents(tx: AsyncSession, recording_ids: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """Duration and size of these recordings only:
    adding up all parts there are takes a second for 100,000.
    """
    size = (
        func.length(RecordingPart.seek_header)
        + RecordingPart.size_bytes
        - RecordingPart.body_offset
    )
    rows = await tx.execute(
        select(
            RecordingPart.recording_id,
            func.max(RecordingPart.offset_ms + RecordingPart.duration_ms),
            cast(func.sum(size), BigInteger),  # PostgreSQL adds bigints up to a numeric
        )
        .where(RecordingPart.recording_id.in_(recording_ids))
        .group_by(RecordingPart.recording_id)
    )
    return {
        recording_id: (duration_ms, size_bytes) for recording_id, duration_ms, size_bytes in rows
    }
