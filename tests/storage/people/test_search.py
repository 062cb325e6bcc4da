"""People as they are looked for: by what is known of them, in whatever script, a page at a time."""

from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from storage.errors import InvalidCursor
from storage.people import care_relations, patients, search, users
from storage.people.patients import Record
from storage.people.search import Wanted
from tests.storage.practice import Practice

NAMES = ("Ann O'Neill", "José Ruiz", "МАРИЯ Петрова", "مريم حسن", "山田 太郎", "50%_off")


@pytest.fixture
async def everybody(tx: AsyncSession, practice: Practice) -> Practice:
    for number, name in enumerate(NAMES):
        user = await users.create(tx, name=name, role="patient", now=practice.now)
        born = date(2000 + number, 2, 28)
        email = f"person{number}@example.org"
        record = Record(name=name, birth_date=born, email=email)
        await patients.put(tx, user, record, now=practice.now)
    return practice


async def names(tx: AsyncSession, wanted: Wanted) -> Sequence[str]:
    return [found.user.name for found in (await search.people(tx, wanted)).items]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("neill", ["Ann O'Neill"]),
        ("  ruiz josé ", ["José Ruiz"]),
        ("мария", ["МАРИЯ Петрова"]),
        ("حسن", ["مريم حسن"]),
        ("太郎", ["山田 太郎"]),
        ("PERSON4@", ["山田 太郎"]),
        ("elena", ["Dr. Rivera"]),
        ("2001-02-28", ["José Ruiz"]),
        ("2001-02-28 ann", []),
        ("%_", ["50%_off"]),
        ("nobody", []),
    ],
)
async def test_each_word_is_in_name_address_or_user_name_or_is_the_date_of_birth(
    tx: AsyncSession, everybody: Practice, text: str, found: Sequence[str]
) -> None:
    assert await names(tx, Wanted(text)) == found


async def test_pages_follow_each_other_without_gap_or_repetition(
    tx: AsyncSession, everybody: Practice
) -> None:
    for _ in range(3):  # of one name
        await users.create(tx, name="José Ruiz", role="patient", now=everybody.now)
    whole = [found.user.id for found in (await search.people(tx, Wanted(), limit=100)).items]
    assert len(whole) == len(NAMES) + 5
    cursor, met = None, []
    while True:
        page = await search.people(tx, Wanted(), cursor, limit=2)
        met += [found.user.id for found in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert met == whole


async def test_roles_relations_and_who_is_there_at_all_narrow_it(
    tx: AsyncSession, everybody: Practice
) -> None:
    now = everybody.now
    await users.create(tx, username="demo", name="Demo", role="provider", demo=True, now=now)
    await users.create(tx, username="load/provider/1", name="Load", role="provider", now=now)
    await users.ensure(tx, "https://host", "l", role="provider", name="Load test 1", now=now)
    gone = await users.create(tx, name="Gone", role="provider", now=now)
    gone.disabled = True
    await tx.flush()
    assert await names(tx, Wanted(roles=["provider"])) == ["Dr. Rivera", "Gone"]
    assert await names(tx, Wanted(roles=["provider"], disabled=False)) == ["Dr. Rivera"]
    assert await names(tx, Wanted("demo", demo=True)) == ["Demo"]
    provider, patient = everybody.provider.id, everybody.patient.id
    await care_relations.add(tx, provider, patient, now=now)
    assert await names(tx, Wanted(of_provider=provider)) == ["Sam Lee"]


@pytest.mark.parametrize("cursor", ["", "x", "W10=", "WyJhIl0=", "WyJhXHUwMDAwIiwgImIiXQ=="])
async def test_a_cursor_that_was_not_given_out_is_refused(tx: AsyncSession, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        await search.people(tx, Wanted(), cursor)
