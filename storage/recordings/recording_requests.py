"""What patients ask for of their recordings, and what they were answered; never changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.ids import new_id
from storage.models import Recording, RecordingRequest, RecordingRequestAnswer, User
from storage.words import RequestKind

Asker = aliased(User)
Answerer = aliased(User)
MOST = 200
"""In the list of those that wait, oldest first: more than anybody answers in a day."""


@dataclass(frozen=True)
class NamedRequest:
    request: RecordingRequest
    patient_name: str
    recorded_at: datetime
    answer: RecordingRequestAnswer | None
    answered_by_name: str | None


async def ask(
    tx: AsyncSession, recording_id: str, kind: RequestKind, *, by: str, now: datetime
) -> NamedRequest:
    """One more, within a transaction that has locked the recording (`recordings.for_change`)."""
    request = RecordingRequest(
        id=new_id(), recording_id=recording_id, kind=kind, asked_at=now, asked_by=by
    )
    tx.add(request)
    await tx.flush()
    return await one(tx, request.id)


async def answer(
    tx: AsyncSession, request_id: str, *, accepted: bool, by: str, reason: str, now: datetime
) -> NamedRequest:
    """One that waits, within a transaction that has locked its recording."""
    tx.add(
        RecordingRequestAnswer(
            request_id=request_id,
            answered_at=now,
            answered_by=by,
            accepted=accepted,
            reason=reason,
        )
    )
    await tx.flush()
    return await one(tx, request_id)


async def one(tx: AsyncSession, request_id: str) -> NamedRequest:
    """Raises LookupError."""
    row = (await tx.execute(_named().where(RecordingRequest.id == request_id))).first()
    if row is None:
        raise LookupError("there is no such request")
    return NamedRequest(*row)


async def of_recordings(
    tx: AsyncSession, recording_ids: Collection[str]
) -> Mapping[str, Sequence[NamedRequest]]:
    """All that were ever made of each, newest first."""
    query = _named().where(RecordingRequest.recording_id.in_(recording_ids))
    newest = RecordingRequest.asked_at.desc(), RecordingRequest.id.desc()
    found: dict[str, list[NamedRequest]] = {}
    for row in await tx.execute(query.order_by(*newest)):
        found.setdefault(row[0].recording_id, []).append(NamedRequest(*row))
    return found


async def waiting(tx: AsyncSession) -> Sequence[NamedRequest]:
    """Those that nobody has answered, oldest first."""
    query = _named().where(RecordingRequestAnswer.request_id.is_(None))
    rows = await tx.execute(
        query.order_by(RecordingRequest.asked_at, RecordingRequest.id).limit(MOST)
    )
    return [NamedRequest(*row) for row in rows]


def _named() -> Select[RecordingRequest, str, datetime, RecordingRequestAnswer, str]:
    return (
        select(
            RecordingRequest,
            Asker.name,
            Recording.started_at,
            RecordingRequestAnswer,
            Answerer.name,
        )
        .join(Recording, Recording.id == RecordingRequest.recording_id)
        .join(Asker, Asker.id == RecordingRequest.asked_by)
        .outerjoin(RecordingRequestAnswer, RecordingRequestAnswer.request_id == RecordingRequest.id)
        .outerjoin(Answerer, Answerer.id == RecordingRequestAnswer.answered_by)
    )
