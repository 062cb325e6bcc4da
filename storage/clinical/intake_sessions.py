"""Questionnaires that patients answered before a visit; what they say is sealed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import ClinicalKey, IntakeResponse, IntakeSession, TelemedicineSession
from storage.rows.page import PAGE_SIZE, Page, Position, first_page, is_after


@dataclass(frozen=True)
class KeyedIntake:
    """With what it takes to read it, and the room of its call."""

    intake: IntakeSession
    key: ClinicalKey
    room_id: str | None


async def by_external_id(tx: AsyncSession, patient_id: str, external_id: str) -> KeyedIntake | None:
    """The one that the platform calls that."""
    query = (
        select(IntakeSession, ClinicalKey, TelemedicineSession.room_id)
        .join(ClinicalKey, ClinicalKey.id == IntakeSession.id)
        .outerjoin(TelemedicineSession, TelemedicineSession.id == IntakeSession.session_id)
        .where(IntakeSession.patient_id == patient_id, IntakeSession.external_id == external_id)
    )
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else KeyedIntake(*row)


async def of_patient(
    tx: AsyncSession, patient_id: str, cursor: str | None = None, limit: int = PAGE_SIZE
) -> Page[KeyedIntake]:
    """Newest first. Raises InvalidCursor."""
    query = (
        select(IntakeSession, ClinicalKey, TelemedicineSession.room_id)
        .join(ClinicalKey, ClinicalKey.id == IntakeSession.id)
        .outerjoin(TelemedicineSession, TelemedicineSession.id == IntakeSession.session_id)
        .where(IntakeSession.patient_id == patient_id)
    )
    if cursor is not None:
        query = query.where(is_after(cursor, IntakeSession.completed_at, IntakeSession.id))
    order = IntakeSession.completed_at.desc(), IntakeSession.id.desc()
    rows = await tx.execute(query.order_by(*order).limit(limit + 1))
    return first_page(
        [KeyedIntake(*row) for row in rows],
        limit,
        lambda one: Position(one.intake.completed_at, one.intake.id),
    )


async def responses(
    tx: AsyncSession, intake_ids: Collection[str]
) -> dict[str, list[IntakeResponse]]:
    """Of each of them, in their order."""
    query = select(IntakeResponse).where(IntakeResponse.intake_id.in_(intake_ids))
    found: dict[str, list[IntakeResponse]] = {intake_id: [] for intake_id in intake_ids}
    for row in await tx.scalars(query.order_by(IntakeResponse.intake_id, IntakeResponse.position)):
        found[row.intake_id].append(row)
    return found


async def add(tx: AsyncSession, row: IntakeSession, answers: Sequence[IntakeResponse]) -> None:
    """One that is not there yet, with its answers."""
    tx.add(row)
    await tx.flush()
    tx.add_all(answers)
