"""Calls, from the invitation on.

Change a loaded row by assigning to its attributes inside the transaction.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.calls import call_participants
from storage.cluster.nodes import require_lease
from storage.errors import UnfinishedCallExists
from storage.ids import new_id
from storage.models import (
    IS_UNFINISHED,
    CallParticipant,
    Recording,
    RecordingPart,
    TelemedicineSession,
    User,
)
from storage.rows.carriers import carrier_of, is_left, is_mine, take_over
from storage.rows.insert import insert_unless_taken
from storage.rows.page import PAGE_SIZE, Page, Position, first_page, is_after
from storage.words import PLAYABLE

# servers that look at the same time do not wait for each other: each takes what it gets
UNLOCKED: dict[str, Any] = {"of": TelemedicineSession, "skip_locked": True}

Patient = aliased(User)
Provider = aliased(User)


@dataclass(frozen=True)
class NamedSession:
    """A call with what a list shows beside it."""

    session: TelemedicineSession
    patient_name: str
    provider_name: str
    has_recording: bool
    """There is something to play."""
    guests: Sequence[CallParticipant] = ()
    """Everybody else who was ever invited; of `with_guests` only."""


async def create(  # noqa: PLR0913 - one argument a column, each by its name
    tx: AsyncSession,
    *,
    patient_id: str,
    provider_id: str,
    room_id: str,
    recording_enabled: bool,
    audio_only: bool,
    now: datetime,
    invitation_expires_at: datetime,
    appointment_id: str | None = None,
) -> TelemedicineSession:
    """A call that rings, carried by this server, and its two participants, who exist.

    Raises UnfinishedCallExists if the patient has one already, LeaseLost.
    """
    await require_lease(tx)
    carrier = carrier_of(tx)
    values = {
        "node_id": carrier.node_id,
        "fence": carrier.fence,
        "id": new_id(),
        "patient_id": patient_id,
        "provider_id": provider_id,
        "room_id": room_id,
        "appointment_id": appointment_id,
        "created_at": now,
        "invitation_expires_at": invitation_expires_at,
        "call_status": "initiated",
        "audio_only": audio_only,
        "recording_enabled": recording_enabled,
    }
    session = await insert_unless_taken(
        tx, TelemedicineSession, values, "patient_id", where=IS_UNFINISHED
    )
    if session is None:
        raise UnfinishedCallExists("The patient is already being called or in a call.")
    await call_participants.add_both(tx, session)
    return session


async def restore(tx: AsyncSession, row: TelemedicineSession) -> TelemedicineSession:
    """Put back a call that the database has lost: a failover may drop what was committed last."""
    tx.add(row)
    await tx.flush()
    await call_participants.add_both(tx, row)
    if row.started_at is not None:
        await call_participants.joins(tx, row.id, row.patient_id, row.started_at)
    return row


async def patient_of(tx: AsyncSession, session_id: str) -> str | None:
    """Whose call it is."""
    query = select(TelemedicineSession.patient_id)
    return await tx.scalar(query.where(TelemedicineSession.id == session_id))


async def by_room(
    tx: AsyncSession, room_id: str, *, for_update: bool = False
) -> NamedSession | None:
    """`for_update` keeps other servers from changing the row until this transaction ends."""
    query = _named().where(TelemedicineSession.room_id == room_id)
    if for_update:
        query = query.with_for_update(of=TelemedicineSession)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else NamedSession(*row)


async def with_guests(tx: AsyncSession, calls: Sequence[NamedSession]) -> Sequence[NamedSession]:
    """The same calls, and who was invited to each while it ran."""
    found = await call_participants.guests(tx, [call.session.id for call in calls])
    return [replace(call, guests=found.get(call.session.id, ())) for call in calls]


async def history(
    tx: AsyncSession, user_id: str | None, *, cursor: str | None = None, limit: int = PAGE_SIZE
) -> Page[NamedSession]:
    """The calls this user took part in, newest first, also those as a guest; everybody's
    if none is named.

    Raises InvalidCursor.
    """
    newest = TelemedicineSession.created_at.desc(), TelemedicineSession.id.desc()
    query = _named().order_by(*newest).limit(limit + 1)
    after = (
        [is_after(cursor, TelemedicineSession.created_at, TelemedicineSession.id)]
        if cursor is not None
        else []
    )
    if user_id is None:
        query = query.where(*after)
    # The newest on each side by that side's index; an OR of the two would sort all that the user
    # ever had.
    else:
        sides = (TelemedicineSession.patient_id, TelemedicineSession.provider_id)
        ids = [
            select(TelemedicineSession.id)
            .where(side == user_id, *after)
            .order_by(*newest)
            .limit(limit + 1)
            for side in sides
        ]
        ids.append(_joined_as_another(user_id).where(*after).order_by(*newest).limit(limit + 1))
        query = query.where(or_(*(TelemedicineSession.id.in_(of_side) for of_side in ids)))
    found = await with_guests(tx, [NamedSession(*row) for row in await tx.execute(query)])
    return first_page(found, limit, lambda call: Position(call.session.created_at, call.session.id))


def _joined_as_another(user_id: str) -> Select[str]:
    """Calls of two others; few enough of a person's to be sorted."""
    joined = select(CallParticipant.session_id).where(
        CallParticipant.user_id == user_id,
        CallParticipant.side.not_in(("patient", "provider")),
        CallParticipant.joined_at.is_not(None),
    )
    return select(TelemedicineSession.id).where(TelemedicineSession.id.in_(joined))


async def left_emergencies(
    tx: AsyncSession, since: datetime, closed: Collection[str] = ()
) -> Sequence[NamedSession]:
    """Those that nobody of the staff has taken on, oldest first: of calls whose server is no more,
    and of those `closed` rooms that this server took over just now.

    From now on this server carries the calls. Raises LeaseLost.
    """
    await require_lease(tx)
    raised_at = TelemedicineSession.emergency_raised_at
    unanswered = raised_at >= since, TelemedicineSession.emergency_acknowledged_at.is_(None)
    left = or_(is_left(tx, TelemedicineSession), TelemedicineSession.room_id.in_(closed))
    query = _named().where(*unanswered, left).order_by(raised_at)
    found = [NamedSession(*row) for row in await tx.execute(query.with_for_update(**UNLOCKED))]
    for call in found:
        take_over(tx, call.session)
    return found


async def left_unfinished(
    tx: AsyncSession, known: Collection[str] | None = None
) -> Sequence[TelemedicineSession]:
    """Calls that ring or run according to the database only: their server is no more, or it is this
    one and they are in none of the rooms that are `known` to it, if it says so.

    From now on this server carries them. Raises LeaseLost.
    """
    await require_lease(tx)
    left = is_left(tx, TelemedicineSession)
    if known is not None:
        left = or_(
            left, and_(is_mine(tx, TelemedicineSession), TelemedicineSession.room_id.not_in(known))
        )
    query = select(TelemedicineSession).where(IS_UNFINISHED, left)
    # sorted here: asked for an order, SQLite reads every call there ever was by the index of that
    # order
    rows = sorted(
        await tx.scalars(query.with_for_update(**UNLOCKED)), key=lambda row: row.created_at
    )
    for row in rows:
        take_over(tx, row)
    return rows


def _named() -> Select[TelemedicineSession, str, str, bool]:
    return (
        select(
            TelemedicineSession,
            Patient.name,
            Provider.name,
            exists().where(
                Recording.session_id == TelemedicineSession.id,
                Recording.state != "erased",
                RecordingPart.recording_id == Recording.id,
                RecordingPart.state.in_(PLAYABLE),
            ),
        )
        .join(Patient, Patient.id == TelemedicineSession.patient_id)
        .join(Provider, Provider.id == TelemedicineSession.provider_id)
    )
