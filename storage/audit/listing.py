"""Rows of the log as somebody looks through them: newest first, a page at a time, by what they ask.

One condition leads: it has an index whose order is that of the list, so that a page costs the same
in a long log as in a short one. The others are looked at row by row. Several actions are several
walks along one index, each no further than a page, because no database merges them by itself.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from storage.audit.events import AuditEntry, entry_of
from storage.audit.log import stored
from storage.errors import InvalidLog
from storage.models import (
    AuditLeaf,
    AuditRow,
    CallParticipant,
    TelemedicineSession,
    User,
    UtcDateTime,
)
from storage.people import users
from storage.rows.page import PAGE_SIZE, Page, Position, decode_cursor, first_page, number_of
from storage.words import AuditAction

FEW_CALLS = 200
"""Of a person: their rows are gathered. Who has had more calls is in so many rows that a walk
through the newest ones meets them soon."""

Patient = aliased(User)
Provider = aliased(User)
Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What the rows of a list have in common; what is none does not matter."""

    begin: datetime | None = None
    end: datetime | None = None
    """They are older."""
    actions: frozenset[AuditAction] | None = None
    actor_id: str | None = None
    address: str | None = None
    person_id: str | None = None
    """They are about that person, or about a call that the person was in, or was asked into."""
    room_id: str | None = None
    recording_id: str | None = None


@dataclass(frozen=True)
class NamedCall:
    """The call that a row is about, or its recording is of."""

    room_id: str
    created_at: datetime
    patient_id: str
    patient_name: str
    provider_name: str


@dataclass(frozen=True)
class Listed:
    """A row with what a reader is shown beside it."""

    entry: AuditEntry
    index: int | None
    """Its place in the tree; none while it waits for one."""
    leaf: bytes | None
    """What was hashed of it."""
    call: NamedCall | None
    person_name: str | None
    """Of the user that it is about."""


async def newest(
    tx: AsyncSession, wanted: Filter, cursor: str | None = None, limit: int = PAGE_SIZE
) -> Page[Listed]:
    """Raises InvalidCursor, and InvalidLog for what nobody can read."""
    after = [] if cursor is None else [_is_after(decode_cursor(cursor))]
    walks = [[*walk, *after] for walk in await _walks(tx, wanted)]
    page = first_page(await _rows(tx, walks, limit + 1), limit, _position)
    return Page(await _listed(tx, page.items), page.next_cursor)


def _position(row: AuditRow) -> Position:
    return Position(row.at, str(row.id))


def _is_after(last: Position) -> ColumnElement[bool]:
    given = literal(last.at, UtcDateTime()), literal(number_of(last.id), BigInteger())
    return tuple_(AuditRow.at, AuditRow.id) < tuple_(*given)


async def _walks(tx: AsyncSession, wanted: Filter) -> Sequence[Conditions]:
    """Each along one index; a row of the list meets all conditions of one of them."""
    given: dict[str, Any] = {
        "recording_id": wanted.recording_id,
        "session_id": await _session_of(tx, wanted.room_id) if wanted.room_id else None,
        "person_id": wanted.person_id,
        "actor_id": wanted.actor_id,
        "address": wanted.address,
        "action": wanted.actions,
    }
    leads = next((name for name, value in given.items() if value is not None), None)
    walks = await _leading(tx, leads, given)
    by_action = leads in {"actor_id", "address", "action"}
    others = [
        _looked_at(name, value)
        for name, value in given.items()
        if value is not None and name != leads and not (by_action and name == "action")
    ]
    if wanted.begin is not None:
        others.append(AuditRow.at >= wanted.begin)
    if wanted.end is not None:
        others.append(AuditRow.at < wanted.end)
    return [[*walk, *others] for walk in walks]


async def _leading(
    tx: AsyncSession, leads: str | None, given: Mapping[str, Any]
) -> Sequence[Conditions]:
    actions = sorted(get_args(AuditAction) if given["action"] is None else given["action"])
    match leads:
        case None:
            return [[]]
        case "person_id":
            return await _about(tx, given["person_id"])
        case "action":
            return [[AuditRow.action == action] for action in actions]
        case "actor_id" | "address":
            same = getattr(AuditRow, leads) == given[leads]
            return [[same, AuditRow.action == action] for action in actions]
        case _:
            return [[getattr(AuditRow, leads) == given[leads]]]


async def _session_of(tx: AsyncSession, room_id: str) -> str:
    """An id that nothing has, if there is no such call."""
    found = select(TelemedicineSession.id).where(TelemedicineSession.room_id == room_id)
    return await tx.scalar(found) or ""


async def _about(tx: AsyncSession, person_id: str) -> Sequence[Conditions]:
    calls = _calls_of(person_id).distinct().limit(FEW_CALLS + 1)
    sessions = (await tx.scalars(calls)).all()
    if len(sessions) > FEW_CALLS:
        return [[_looked_at("person_id", person_id)]]
    of_them = [[AuditRow.session_id.in_(sessions)]] if sessions else []
    person = AuditRow.subject_id == person_id, AuditRow.subject_type == "user"
    return [person, *of_them]


def _calls_of(person_id: str) -> Select[str]:
    return select(CallParticipant.session_id).where(CallParticipant.user_id == person_id)


def _looked_at(name: str, value: Any) -> ColumnElement[bool]:
    """A condition for which no index is to be used."""
    match name:
        case "action":
            return _unindexed(AuditRow.action).in_(sorted(value))
        case "person_id":
            person = _unindexed(AuditRow.subject_id) == value, AuditRow.subject_type == "user"
            return or_(_unindexed(AuditRow.session_id).in_(_calls_of(value)), and_(*person))
        case _:
            same: ColumnElement[bool] = _unindexed(getattr(AuditRow, name)) == value
            return same


def _unindexed(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    return func.coalesce(column, "")


async def _rows(tx: AsyncSession, walks: Sequence[Conditions], limit: int) -> Sequence[AuditRow]:
    """The newest that one of the walks meets, of each of which no more are looked for."""
    if not walks:
        return []
    place = AuditRow.at.label("at"), AuditRow.id.label("id")
    newest = AuditRow.at.desc(), AuditRow.id.desc()
    places = [
        select(select(*place).where(*walk).order_by(*newest).limit(limit).subquery())
        for walk in walks
    ]
    met = union_all(*places).subquery()
    ids = select(met.c.id).order_by(met.c.at.desc(), met.c.id.desc()).limit(limit)
    rows = select(AuditRow).where(AuditRow.id.in_((await tx.scalars(ids)).all()))
    try:
        return (await tx.scalars(rows.order_by(*newest))).all()
    except ValueError as error:  # a time that is none, put into SQLite by hand
        raise InvalidLog(f"A row of the audit log cannot be read: {error}.") from error


async def _listed(tx: AsyncSession, rows: Sequence[AuditRow]) -> Sequence[Listed]:
    ids = [row.id for row in rows]
    places = await tx.execute(
        select(AuditLeaf.audit_id, AuditLeaf.leaf_index, AuditLeaf.leaf).where(
            AuditLeaf.audit_id.in_(ids)
        )
    )
    indices = {audit_id: (index, stored(leaf)) for audit_id, index, leaf in places}
    calls = await _calls(tx, {row.session_id for row in rows if row.session_id})
    people = {row.subject_id for row in rows if row.subject_type == "user" and row.subject_id}
    named = {user.id: user.name for user in await users.by_ids(tx, people)}
    return [
        Listed(
            entry=entry_of(row),
            index=place[0] if (place := indices.get(row.id)) else None,
            leaf=place[1] if place else None,
            call=calls.get(row.session_id or ""),
            person_name=named.get(row.subject_id or "") if row.subject_type == "user" else None,
        )
        for row in rows
    ]


async def _calls(tx: AsyncSession, session_ids: Collection[str]) -> Mapping[str, NamedCall]:
    found = await tx.execute(
        select(
            TelemedicineSession.id,
            TelemedicineSession.room_id,
            TelemedicineSession.created_at,
            TelemedicineSession.patient_id,
            Patient.name,
            Provider.name,
        )
        .join(Patient, Patient.id == TelemedicineSession.patient_id)
        .join(Provider, Provider.id == TelemedicineSession.provider_id)
        .where(TelemedicineSession.id.in_(session_ids))
    )
    return {row[0]: NamedCall(row[1], row[2], row[3], row[4], row[5]) for row in found}
