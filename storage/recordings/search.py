"""Recordings as somebody looks for them: newest first, a page at a time, by what they ask.

Each way to be found is a walk along an index whose order is that of the list and which also has the
length, the state and the holds, so that a walk reads no row that it does not find. Who took part is
a walk for each side of a call; kinds of recordings are a walk each, unless somebody's recordings
are few enough to be looked at one by one. Of all walks, no further than a page each, the newest
are taken.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import IS_HELD, CallParticipant, Patient, Recording
from storage.recordings import summaries
from storage.recordings.expiry import Before, is_over
from storage.recordings.summaries import RecordingSummary
from storage.rows.page import PAGE_SIZE, Page, Position, first_page, is_after
from storage.words import RecordingFilter, RecordingState, Side

FEW_CALLS = 1000
"""Of a guest: their recordings are gathered. Those of one with more calls are met soon by a walk
through all of them."""
GUESTS = tuple(side for side in get_args(Side) if side not in {"patient", "provider"})
STATES: dict[RecordingFilter, RecordingState] = {
    "recording": "recording",
    "sealed": "complete",
    "recovered": "recovered",
    "torn": "torn",
    "failed": "failed",
    "erased": "erased",
}
Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What recordings of a list have in common; what is none does not matter."""

    person_id: str | None = None
    """They took part in the call, on whichever side."""
    patient_id: str | None = None
    provider_id: str | None = None
    begin: datetime | None = None
    end: datetime | None = None
    """They began earlier."""
    states: Collection[RecordingFilter] = ()
    """One of these; none: any."""
    expiring: Before | None = None
    """What `expiring` among them means."""
    min_seconds: int | None = None
    max_seconds: int | None = None
    """Whole ones, as they are shown: of those with 90 is what has lasted for 90.9."""


async def newest(
    tx: AsyncSession, wanted: Wanted, cursor: str | None = None, limit: int = PAGE_SIZE
) -> Page[RecordingSummary]:
    """Those that were erased, too. Raises InvalidCursor."""
    others = _others(wanted)
    if cursor is not None:
        others = [*others, is_after(cursor, Recording.started_at, Recording.id)]
    by_age = "expiring" in wanted.states
    walks = [
        _places([*walk, *others], limit + 1, by_age=by_age) for walk in await _walks(tx, wanted)
    ]
    ids = (await tx.scalars(_newest_of(walks, limit + 1))).all()
    return first_page(await summaries.by_ids(tx, ids), limit, _position)


def _position(found: RecordingSummary) -> Position:
    return Position(found.recording.started_at, found.recording.id)


def _places(conditions: Conditions, limit: int, *, by_age: bool) -> Select[str, datetime]:
    """Of the newest that meet all conditions; beside the records of their patients, if these ask
    for an age.
    """
    newest = select(Recording.id.label("id"), Recording.started_at.label("started_at"))
    if by_age:
        newest = newest.outerjoin(Patient, Patient.user_id == Recording.patient_id)
    order = Recording.started_at.desc(), Recording.id.desc()
    return newest.where(*conditions).order_by(*order).limit(limit)


def _newest_of(walks: Sequence[Select[str, datetime]], limit: int) -> Select[str]:
    """Ids; what several walks meet is met once."""
    if len(walks) == 1:
        return walks[0].with_only_columns(Recording.id)
    met = union(*(select(walk.subquery()) for walk in walks)).subquery()
    return select(met.c.id).order_by(met.c.started_at.desc(), met.c.id.desc()).limit(limit)


async def _walks(tx: AsyncSession, wanted: Wanted) -> Sequence[Conditions]:
    """What leads each of them along one index; a recording of the list meets one of them."""
    people = await _people(tx, wanted)
    if people is None:
        return [[_leads_to(state, wanted)] for state in wanted.states] or [[]]
    kinds = [or_(*(_looked_at(state, wanted) for state in wanted.states))] if wanted.states else []
    return [[*walk, *kinds] for walk in people]


async def _people(tx: AsyncSession, wanted: Wanted) -> Sequence[Conditions] | None:
    """One for each side on which they can have been; none if it does not matter who was."""
    person, provider = wanted.person_id, wanted.provider_id
    if person is None:
        sides = (Recording.patient_id, wanted.patient_id), (Recording.provider_id, provider)
        way = [column == user_id for column, user_id in sides if user_id is not None]
        return [way] if way else None
    sides = (Recording.patient_id, wanted.patient_id), (Recording.provider_id, provider)
    also = [func.coalesce(column, "") == user_id for column, user_id in sides if user_id]
    ways = [[Recording.patient_id == person, *also]]
    if provider in {None, person}:
        ways.append([Recording.provider_id == person, *also])
    ways.append([await _was_guest(tx, person), *also])
    return ways


async def _was_guest(tx: AsyncSession, person_id: str) -> ColumnElement[bool]:
    theirs = (
        CallParticipant.user_id == person_id,
        CallParticipant.side.in_(GUESTS),
        CallParticipant.joined_at.is_not(None),
    )
    calls = select(CallParticipant.session_id).where(*theirs).distinct().limit(FEW_CALLS + 1)
    few = (await tx.scalars(calls)).all()
    if len(few) <= FEW_CALLS:
        return Recording.session_id.in_(few)
    return exists().where(CallParticipant.session_id == Recording.session_id, *theirs)


def _leads_to(state: RecordingFilter, wanted: Wanted) -> ColumnElement[bool]:
    match state:
        case "on_hold":
            return IS_HELD
        case "expiring":
            return is_over(wanted.expiring)
        case _:
            return Recording.state == STATES[state]


def _looked_at(state: RecordingFilter, wanted: Wanted) -> ColumnElement[bool]:
    """The same where something else leads: no index of its own is to be used."""
    match state:
        case "on_hold":
            return func.coalesce(Recording.on_hold, false()).is_(True)
        case "expiring":
            return is_over(wanted.expiring)
        case _:
            return func.coalesce(Recording.state, "") == STATES[state]


def _others(wanted: Wanted) -> Conditions:
    """Asked of each row of a walk, in its index."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.begin is not None:
        conditions.append(Recording.started_at >= wanted.begin)
    if wanted.end is not None:
        conditions.append(Recording.started_at < wanted.end)
    if wanted.min_seconds is not None:
        conditions.append(Recording.duration_ms >= wanted.min_seconds * 1000)
    if wanted.max_seconds is not None:
        conditions.append(Recording.duration_ms < (wanted.max_seconds + 1) * 1000)
    return conditions
