"""Who cares for whom."""

from sqlalchemy.ext.asyncio import AsyncSession

from storage.people import care_relations, users
from tests.storage.practice import Practice


async def test_a_relation_is_made_once_and_ended_once(tx: AsyncSession, practice: Practice) -> None:
    pair = practice.provider.id, practice.patient.id
    assert await care_relations.add(tx, *pair, now=practice.now)
    assert not await care_relations.add(tx, *pair, now=practice.now)
    providers = {practice.patient.id: frozenset({practice.provider.id})}
    ids = [practice.patient.id, practice.provider.id, "nobody"]
    assert await care_relations.providers_of(tx, ids) == providers
    assert await care_relations.patients_of(tx, practice.provider.id) == providers
    assert await care_relations.of_patient(tx, practice.patient.id) == [practice.provider]
    assert await care_relations.remove(tx, *pair)
    assert not await care_relations.remove(tx, *pair)
    assert await care_relations.providers_of(tx, ids) == {}


async def test_providers_are_told_by_name(tx: AsyncSession, practice: Practice) -> None:
    for name in ("Zoe", "Ann"):
        user = await users.create(tx, name=name, role="provider", now=practice.now)
        await care_relations.add(tx, user.id, practice.patient.id, now=practice.now)
    found = await care_relations.of_patient(tx, practice.patient.id)
    assert [user.name for user in found] == ["Ann", "Zoe"]
