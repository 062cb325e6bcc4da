"""Exports that were asked for: who makes them, how far they are, and until when they are kept.

Whatever changes one says in its condition what it was before, so that of two at once one does
nothing: a cancelled one is not finished, and of what another server has taken over nothing is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Update, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.ids import new_id
from storage.models import Recording, RecordingExport, User
from storage.people.playback_grants import Standing
from storage.rows.carriers import carrier_of, is_left, is_mine
from storage.rows.exports import WAITING
from storage.words import ExportContents, ExportFailure, ExportPhase, FilmLayout

MOST = 100
"""That are listed."""
MOST_ATTEMPTS = 3
"""A recording that ends its server each time must not do so for ever."""
IN_MEMORY = "memory"
"""The id of a key that one start of one server has for all exports that it makes."""
IS_WAITING = RecordingExport.state.in_(WAITING)


@dataclass(frozen=True)
class NamedExport:
    """With what a list shows beside it."""

    export: RecordingExport
    recording: Recording
    requested_by_name: str
    patient_name: str


@dataclass(frozen=True)
class Made:
    """A file that is whole."""

    size_bytes: int
    wrapped_key: bytes
    key_id: str


async def create(
    tx: AsyncSession,
    *,
    recording_id: str,
    by: str,
    within: Standing,
    contents: ExportContents,
    layout: FilmLayout,
    now: datetime,
) -> str:
    """Its id, of one that is asked for within a playback. The server of the transaction carries
    it.
    """
    row = RecordingExport(
        id=new_id(),
        recording_id=recording_id,
        requested_at=now,
        requested_by=by,
        purpose=within.why.purpose,
        reason=within.why.reason,
        unlock_id=within.basis.unlock_id,
        contents=contents,
        layout=layout,
        state="queued",
    )
    tx.add(row)
    await tx.flush()
    return row.id


async def newest(tx: AsyncSession) -> Sequence[NamedExport]:
    """Of everybody."""
    return await _named(tx)


async def by_id(tx: AsyncSession, export_id: str) -> NamedExport | None:
    """None if there is none."""
    found = await _named(tx, RecordingExport.id == export_id)
    return found[0] if found else None


async def count_waiting(tx: AsyncSession, user_id: str) -> int:
    """Of somebody."""
    mine = RecordingExport.requested_by == user_id
    return len((await tx.scalars(select(RecordingExport.id).where(mine, IS_WAITING))).all())


async def has_work(tx: AsyncSession) -> bool:
    """Whether there is something for this server to make."""
    due = or_(_is_queued_here(tx), _is_abandoned(tx))
    return await tx.scalar(select(RecordingExport.id).where(due).limit(1)) is not None


async def take_left(tx: AsyncSession) -> None:
    """What nobody makes any more is begun anew by this server, which makes none now: that which
    a server that is no more has left, and that of its own whose end it could not write.
    """
    carrier = carrier_of(tx)
    values = {
        "state": "queued",
        "node_id": carrier.node_id,
        "fence": carrier.fence,
        "phase": None,
        "done": 0,
        "total": 0,
    }
    await _change(tx, update(RecordingExport).where(_is_abandoned(tx)), values)


async def claim(tx: AsyncSession, path: str, place_id: str | None) -> NamedExport | None:
    """The one that was asked for first, which this server makes now, to a file that has its fence
    and the attempt in the name; none where none waits.
    """
    waiting = select(RecordingExport.id, RecordingExport.attempts).where(_is_queued_here(tx))
    order = RecordingExport.requested_at, RecordingExport.id
    first = (await tx.execute(waiting.order_by(*order).limit(1))).first()
    if first is None:
        return None
    export_id, before = first
    attempt = before + 1
    found = path.format(export=export_id, fence=carrier_of(tx).fence, attempt=attempt)
    values = {
        "state": "running",
        "attempts": attempt,
        "path": found,
        "place_id": place_id,
    }
    of_it = update(RecordingExport).where(RecordingExport.id == export_id, _is_queued_here(tx))
    await _change(tx, of_it, values)
    return await by_id(tx, export_id)


async def progress(
    tx: AsyncSession, export_id: str, phase: ExportPhase, done: int, total: int
) -> bool:
    """How far it is; false: it is not this server's to make any more."""
    return await _change(
        tx, _running(tx, export_id), {"phase": phase, "done": done, "total": total}
    )


async def finish(
    tx: AsyncSession, export_id: str, made: Made, now: datetime, expires_at: datetime
) -> bool:
    """It can be downloaded; false as of `progress`."""
    values = {
        "state": "done",
        "phase": None,
        "finished_at": now,
        "expires_at": expires_at,
        "size_bytes": made.size_bytes,
        "wrapped_key": made.wrapped_key,
        "key_id": made.key_id,
    }
    return await _change(tx, _running(tx, export_id), values)


async def fail(tx: AsyncSession, export_id: str, failure: ExportFailure, now: datetime) -> bool:
    """False as of `progress`."""
    values = {"state": "failed", "phase": None, "failure": failure, "finished_at": now}
    return await _change(tx, _running(tx, export_id), values)


async def give_back(tx: AsyncSession, export_id: str) -> bool:
    """This server stops: the next start begins anew, and this was no failed attempt."""
    values = {"state": "queued", "phase": None, "attempts": RecordingExport.attempts - 1}
    return await _change(tx, _running(tx, export_id), values)


async def cancel(tx: AsyncSession, export_id: str, now: datetime) -> bool:
    """Whoever makes it hears of it with the next progress; false if it did not wait or run."""
    of_it = update(RecordingExport).where(RecordingExport.id == export_id, IS_WAITING)
    return await _change(tx, of_it, {"state": "cancelled", "phase": None, "finished_at": now})


async def expired(tx: AsyncSession, now: datetime) -> Sequence[str]:
    """Those whose time is over."""
    over = RecordingExport.state == "done", RecordingExport.expires_at <= now
    return (await tx.scalars(select(RecordingExport.id).where(*over).limit(MOST))).all()


async def destroy(tx: AsyncSession, export_id: str, failure: ExportFailure | None = None) -> bool:
    """The key of one that was made; false if it was destroyed before."""
    of_it = update(RecordingExport).where(
        RecordingExport.id == export_id, RecordingExport.state == "done"
    )
    return await _change(tx, of_it, {"state": "expired", "wrapped_key": None, "failure": failure})


async def lost(tx: AsyncSession) -> Sequence[str]:
    """Those whose keys went with the memory of a server that is no more."""
    of_memory = RecordingExport.state == "done", RecordingExport.key_id == IN_MEMORY
    query = select(RecordingExport.id).where(*of_memory, is_left(tx, RecordingExport))
    return (await tx.scalars(query.limit(MOST))).all()


async def files_needed(tx: AsyncSession) -> set[str]:
    """Paths of those that were made and are kept, and of those that are being made."""
    kept = RecordingExport.state.in_(("running", "done")), RecordingExport.path.is_not(None)
    return {path for path in await tx.scalars(select(RecordingExport.path).where(*kept)) if path}


async def _named(tx: AsyncSession, *which: ColumnElement[bool]) -> Sequence[NamedExport]:
    patient = aliased(User)
    rows = await tx.execute(
        select(RecordingExport, Recording, User.name, patient.name)
        .join(Recording, Recording.id == RecordingExport.recording_id)
        .join(User, User.id == RecordingExport.requested_by)
        .join(patient, patient.id == Recording.patient_id)
        .where(*which)
        .order_by(RecordingExport.requested_at.desc(), RecordingExport.id.desc())
        .limit(MOST)
        .execution_options(populate_existing=True)
    )
    return [NamedExport(*row) for row in rows]


def _is_queued_here(tx: AsyncSession) -> ColumnElement[bool]:
    return and_(RecordingExport.state == "queued", is_mine(tx, RecordingExport))


def _is_abandoned(tx: AsyncSession) -> ColumnElement[bool]:
    mine = and_(RecordingExport.state == "running", is_mine(tx, RecordingExport))
    return or_(mine, and_(IS_WAITING, is_left(tx, RecordingExport)))


def _running(tx: AsyncSession, export_id: str) -> Update:
    return update(RecordingExport).where(
        RecordingExport.id == export_id,
        RecordingExport.state == "running",
        is_mine(tx, RecordingExport),
    )


async def _change(tx: AsyncSession, statement: Update, values: Mapping[str, object]) -> bool:
    """Whether there was one that the condition fits."""
    changed = statement.values(**values).returning(RecordingExport.id)
    found = await tx.execute(changed.execution_options(synchronize_session=False))
    return bool(found.all())
