"""Recordings with what a list shows beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.models import Patient, Recording, RecordingPart, TelemedicineSession, User

PatientUser = aliased(User)
Provider = aliased(User)
Named = Select[Recording, str, str, str, date | None, datetime | None]


@dataclass(frozen=True)
class RecordingSummary:
    """A recording with what a list shows beside it."""

    recording: Recording
    room_id: str
    patient_name: str
    provider_name: str
    birth_date: date | None
    """The patient's."""
    birth_date_noted_at: datetime | None
    size_bytes: int
    """Of all parts as they are served."""
    guest_names: Sequence[str]
    """Of everybody else who was recorded."""


async def by_id(tx: AsyncSession, recording_id: str) -> RecordingSummary | None:
    found = await _summaries(tx, _named().where(Recording.id == recording_id))
    return found[0] if found else None


async def by_ids(tx: AsyncSession, recording_ids: Sequence[str]) -> Sequence[RecordingSummary]:
    """In that order; without those that there are not."""
    found = await _summaries(tx, _named().where(Recording.id.in_(recording_ids)))
    by_its_id = {summary.recording.id: summary for summary in found}
    return [by_its_id[one] for one in recording_ids if one in by_its_id]


def _named() -> Named:
    return (
        select(
            Recording,
            TelemedicineSession.room_id,
            PatientUser.name,
            Provider.name,
            Patient.birth_date,
            Patient.birth_date_noted_at,
        )
        .join(TelemedicineSession, TelemedicineSession.id == Recording.session_id)
        .join(PatientUser, PatientUser.id == Recording.patient_id)
        .join(Provider, Provider.id == Recording.provider_id)
        .outerjoin(Patient, Patient.user_id == Recording.patient_id)
    )


async def _summaries(tx: AsyncSession, query: Named) -> Sequence[RecordingSummary]:
    rows = (await tx.execute(query)).all()
    ids = [row[0].id for row in rows]
    sizes, guests = await _sizes(tx, ids), await _guests(tx, ids)
    return [
        RecordingSummary(*row, sizes.get(row[0].id, 0), guests.get(row[0].id, [])) for row in rows
    ]


async def _guests(tx: AsyncSession, recording_ids: Sequence[str]) -> Mapping[str, list[str]]:
    """Names of who has a part in these recordings beside patient and provider."""
    person = RecordingPart.participant_id
    rows = await tx.execute(
        select(RecordingPart.recording_id, User.name)
        .join(User, User.id == person)
        .join(Recording, Recording.id == RecordingPart.recording_id)
        .where(
            RecordingPart.recording_id.in_(recording_ids),
            person != Recording.patient_id,
            person != Recording.provider_id,
        )
    )
    found: dict[str, set[str]] = {}
    for recording_id, name in rows:  # one a part
        found.setdefault(recording_id, set()).add(name)
    return {recording_id: sorted(names) for recording_id, names in found.items()}


async def _sizes(tx: AsyncSession, recording_ids: Sequence[str]) -> Mapping[str, int]:
    """Of these recordings only: adding up all parts there are takes a second for 100,000."""
    size = (
        func.length(RecordingPart.seek_header)
        + RecordingPart.size_bytes
        - RecordingPart.body_offset
    )
    rows = await tx.execute(
        select(
            RecordingPart.recording_id,
            cast(func.sum(size), BigInteger),  # PostgreSQL adds bigints up to a numeric
        )
        .where(RecordingPart.recording_id.in_(recording_ids))
        .group_by(RecordingPart.recording_id)
    )
    return {recording_id: size_bytes for recording_id, size_bytes in rows}  # noqa: C416
