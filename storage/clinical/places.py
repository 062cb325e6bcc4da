"""Where patients said they are: the rows, whose text is sealed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import ClinicalKey, StatedPlace, TelemedicineSession

Keyed = tuple[StatedPlace, ClinicalKey]
"""With what it takes to read it."""


async def add(tx: AsyncSession, row: StatedPlace) -> None:
    tx.add(row)
    await tx.flush()


async def newest_of_call(
    tx: AsyncSession, session: TelemedicineSession, since: datetime
) -> Keyed | None:
    """What was said last for that call, as `_newest` has it; what was said for its appointment
    counts from then on, and until the call was over.
    """
    return await _newest(tx, _of_call(session, since))


async def newest_for_appointment(
    tx: AsyncSession, patient_id: str, appointment_id: str, since: datetime
) -> Keyed | None:
    """What was said last in its waiting room."""
    return await _newest(tx, _of_appointment(patient_id, appointment_id, since))


async def newest_given(tx: AsyncSession, patient_id: str) -> Keyed | None:
    """Where the patient said they are the last time that it was they who said it."""
    given = and_(StatedPlace.answer == "given", StatedPlace.by_link.is_(False))
    return await _newest(tx, and_(StatedPlace.patient_id == patient_id, given))


async def key_ids_of_call(
    tx: AsyncSession, session: TelemedicineSession, since: datetime
) -> Sequence[str]:
    """The records that what was said for a call is part of."""
    query = select(StatedPlace.key_id).where(_of_call(session, since)).distinct()
    return (await tx.scalars(query.order_by(StatedPlace.key_id))).all()


async def _newest(tx: AsyncSession, which: ColumnElement[bool]) -> Keyed | None:
    """Whoever came by a link and may be somebody else never has the word over the patient."""
    query = (
        select(StatedPlace, ClinicalKey)
        .join(ClinicalKey, ClinicalKey.id == StatedPlace.key_id)
        .where(which)
        .order_by(StatedPlace.by_link, StatedPlace.stated_at.desc(), StatedPlace.id.desc())
    )
    row = (await tx.execute(query.limit(1))).one_or_none()
    return None if row is None else (row[0], row[1])


def _of_call(session: TelemedicineSession, since: datetime) -> ColumnElement[bool]:
    own = StatedPlace.session_id == session.id
    if session.appointment_id is None:
        return own
    awaited = _of_appointment(session.patient_id, session.appointment_id, since)
    if session.ended_at is not None:  # what was said later is of the next call
        awaited = and_(awaited, StatedPlace.stated_at <= session.ended_at)
    return or_(own, awaited)


def _of_appointment(patient_id: str, appointment_id: str, since: datetime) -> ColumnElement[bool]:
    return and_(
        StatedPlace.appointment_id == appointment_id,
        StatedPlace.patient_id == patient_id,
        StatedPlace.stated_at >= since,
    )
