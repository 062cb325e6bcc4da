"""Who asked to open which recording, and who approved it or did not.

What became of a request is told by the caller's clock: what has run out is still a row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.ids import new_id
from storage.models import (
    Recording,
    RecordingExport,
    RecordingUnlock,
    TelemedicineSession,
    User,
)
from storage.people.playback_grants import Why
from storage.rows.exports import WAITING
from storage.words import Role

Asker = aliased(User)
Answerer = aliased(User)
Ender = aliased(User)
Patient = aliased(User)
Provider = aliased(User)
HAS_EXPORT = exists().where(
    RecordingExport.unlock_id == RecordingUnlock.id,
    RecordingExport.state.in_((*WAITING, "done")),
)
MOST = 200
"""In the list of those that stand, newest first: more than anybody answers in a day."""


@dataclass(frozen=True)
class NamedUnlock:
    unlock: RecordingUnlock
    recording: Recording
    requested_by_name: str
    patient_name: str
    provider_name: str
    answered_by_name: str | None
    answerer_role: Role | None
    """As it is now; none of somebody who is disabled, and before there is an answer."""
    ended_by_name: str | None
    has_export: bool
    """One that rests on it is being made, or can be downloaded."""


async def ask(
    tx: AsyncSession, recording_id: str, why: Why, *, by: str, now: datetime, until: datetime
) -> NamedUnlock:
    """One more, within a transaction that has locked the recording (`recordings.for_change`)."""
    unlock = RecordingUnlock(
        id=new_id(),
        recording_id=recording_id,
        requested_by=by,
        requested_at=now,
        purpose=why.purpose,
        reason=why.reason,
        expires_at=until,
    )
    tx.add(unlock)
    await tx.flush()
    return await one(tx, unlock.id)


async def one(tx: AsyncSession, unlock_id: str) -> NamedUnlock:
    """As the database has it at this moment. Raises LookupError."""
    query = _named().where(RecordingUnlock.id == unlock_id)
    row = (await tx.execute(query.execution_options(populate_existing=True))).first()
    if row is None:
        raise LookupError("there is no such request")
    return _read(row)


async def of_person(tx: AsyncSession, user_id: str, recording_id: str) -> Sequence[NamedUnlock]:
    """What they asked for of one recording, newest first."""
    theirs = RecordingUnlock.requested_by == user_id, RecordingUnlock.recording_id == recording_id
    newest = RecordingUnlock.requested_at.desc(), RecordingUnlock.id.desc()
    return [_read(row) for row in await tx.execute(_named().where(*theirs).order_by(*newest))]


async def standing(
    tx: AsyncSession, user_id: str, *, now: datetime, since: datetime
) -> Sequence[NamedUnlock]:
    """Those of everybody that wait, are approved or have an export, and all that this person has
    asked for since; newest first.
    """
    stands = and_(
        RecordingUnlock.ended_at.is_(None),
        or_(RecordingUnlock.expires_at > now, HAS_EXPORT),
        RecordingUnlock.approved.is_not(False),
        Recording.state != "erased",
    )
    own = and_(RecordingUnlock.requested_by == user_id, RecordingUnlock.requested_at >= since)
    newest = RecordingUnlock.requested_at.desc(), RecordingUnlock.id.desc()
    query = _named().where(or_(stands, own)).order_by(*newest).limit(MOST)
    return [_read(row) for row in await tx.execute(query)]


def _named() -> Select[RecordingUnlock, Recording, str, str, str, User, str, bool]:
    return (
        select(
            RecordingUnlock,
            Recording,
            Asker.name,
            Patient.name,
            Provider.name,
            Answerer,
            Ender.name,
            HAS_EXPORT,
        )
        .join(Recording, Recording.id == RecordingUnlock.recording_id)
        .join(TelemedicineSession, TelemedicineSession.id == Recording.session_id)
        .join(Asker, Asker.id == RecordingUnlock.requested_by)
        .join(Patient, Patient.id == TelemedicineSession.patient_id)
        .join(Provider, Provider.id == TelemedicineSession.provider_id)
        .outerjoin(Answerer, Answerer.id == RecordingUnlock.answered_by)
        .outerjoin(Ender, Ender.id == RecordingUnlock.ended_by)
    )


def _read(row: Sequence[Any]) -> NamedUnlock:
    unlock, recording, asker, patient, provider, answerer, ender, has_export = row
    return NamedUnlock(
        unlock=unlock,
        recording=recording,
        requested_by_name=asker,
        patient_name=patient,
        provider_name=provider,
        answered_by_name=answerer.name if answerer else None,
        answerer_role=answerer.role if answerer and not answerer.disabled else None,
        ended_by_name=ender,
        has_export=has_export,
    )
