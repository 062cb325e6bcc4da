"""Which providers care for which patients (`Patient.generalPractitioner` of FHIR R4)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import CareRelation, User

Providers = Mapping[str, frozenset[str]]
"""By a patient's id the ids of their providers."""


async def add(tx: AsyncSession, provider_id: str, patient_id: str, *, now: datetime) -> bool:
    """Whether it is new. The caller has locked the patient (`users.by_id`)."""
    if await tx.get(CareRelation, (provider_id, patient_id)):
        return False
    tx.add(CareRelation(provider_id=provider_id, patient_id=patient_id, since=now))
    await tx.flush()
    return True


async def remove(tx: AsyncSession, provider_id: str, patient_id: str) -> bool:
    """Whether there was one."""
    found = await tx.get(CareRelation, (provider_id, patient_id))
    if found is None:
        return False
    await tx.delete(found)
    await tx.flush()
    return True


async def remove_all_of(tx: AsyncSession, provider_id: str) -> None:
    """Of somebody who is no provider any more."""
    await tx.execute(delete(CareRelation).where(CareRelation.provider_id == provider_id))


async def providers_of(tx: AsyncSession, patient_ids: Collection[str]) -> Providers:
    """Of each of them that has any."""
    rows = await tx.execute(
        select(CareRelation.patient_id, CareRelation.provider_id).where(
            CareRelation.patient_id.in_(patient_ids)
        )
    )
    found: dict[str, set[str]] = {}
    for patient_id, provider_id in rows:
        found.setdefault(patient_id, set()).add(provider_id)
    return {patient_id: frozenset(providers) for patient_id, providers in found.items()}


async def patients_of(tx: AsyncSession, provider_id: str) -> Providers:
    """The same of all patients whom that provider cares for, as far as it is theirs."""
    query = select(CareRelation.patient_id).where(CareRelation.provider_id == provider_id)
    return dict.fromkeys(await tx.scalars(query), frozenset({provider_id}))


async def of_patient(tx: AsyncSession, patient_id: str) -> Sequence[User]:
    """Their providers by name; those who are disabled, too."""
    query = (
        select(User)
        .join(CareRelation, CareRelation.provider_id == User.id)
        .where(CareRelation.patient_id == patient_id)
    )
    return (await tx.scalars(query.order_by(User.name, User.id))).all()
