import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.appointments import feeds
from storage.database import Database
from storage.errors import UserConflict, UsernameTaken
from storage.models import LoginSession, User
from storage.people import login_sessions, users
from storage.words import LOCAL_ISSUER
from tests.storage.practice import Practice, finished_call, open_practice, ring
from tests.support.platform import ISSUER

ANOTHER = "https://another.example"


async def test_a_created_user_is_found_by_name_and_id(database: Database, now: datetime) -> None:
    async with database.transaction() as tx:
        created = await users.create(
            tx, username="sam", name="Sam", role="patient", password_hash="hash", now=now, demo=True
        )
    async with database.transaction() as tx:
        found = await users.by_username(tx, "sam")
        assert found is await users.by_id(tx, created.id)
    assert found is not None
    assert (found.name, found.role, found.password_hash) == ("Sam", "patient", "hash")
    assert (found.issuer, found.subject) == ("local", created.id), (
        "a user name may be given to somebody else"
    )
    assert found.demo
    assert found.created_at == now


async def test_nobody_is_found_under_an_unknown_name(database: Database) -> None:
    async with database.transaction() as tx:
        assert await users.by_username(tx, "nobody") is None
        assert await users.by_id(tx, "nobody") is None


async def test_a_username_is_given_once_and_the_transaction_goes_on(
    database: Database, now: datetime
) -> None:
    async with database.transaction() as tx:
        await users.create(
            tx, username="sam", name="Sam", role="patient", password_hash="x", now=now
        )
        with pytest.raises(UsernameTaken):
            await users.create(
                tx, username="sam", name="Other", role="ops", password_hash="x", now=now
            )
        await users.create(tx, username="ops", name="Ops", role="ops", password_hash="x", now=now)


async def test_a_role_that_does_not_exist_is_refused_by_the_database(
    tx: AsyncSession, now: datetime
) -> None:
    root: Any = "root"
    with pytest.raises(IntegrityError) as refused:
        await users.create(tx, username="x", name="Sam Lee", role=root, password_hash="x", now=now)
    assert "Sam Lee" not in str(refused.value), "errors end in logs"


async def test_a_token_user_is_made_on_first_sight_and_follows_the_token(
    database: Database, now: datetime
) -> None:
    async with database.transaction() as tx:
        await users.ensure(tx, ISSUER, "platform|7", role="patient", name="Sam", now=now)
    async with database.transaction() as tx:
        await users.ensure(tx, ISSUER, "platform|7", role="provider", name="Dr. Sam", now=now)
    async with database.transaction() as tx:
        user = await users.by_id(tx, "platform|7")
    assert user is not None
    assert (user.issuer, user.subject) == (ISSUER, "platform|7")
    assert (user.role, user.name, user.password_hash) == ("provider", "Dr. Sam", None)


async def test_two_sockets_of_a_new_token_user_meet_the_same_row(
    database: Database, now: datetime
) -> None:
    async def sign_in() -> None:
        async with database.transaction() as tx:
            await users.ensure(tx, ISSUER, "platform|7", role="patient", name="Sam", now=now)

    await asyncio.gather(*(sign_in() for _ in range(4)))
    async with database.transaction() as tx:
        assert len((await tx.scalars(select(User))).all()) == 1


async def test_a_token_cannot_take_over_a_local_user(database: Database, now: datetime) -> None:
    async with database.transaction() as tx:
        local = await users.create(
            tx, username="sam", name="Sam", role="patient", password_hash="x", now=now
        )
        with pytest.raises(UserConflict):
            await users.ensure(tx, ISSUER, local.id, role="admin", name="Mallory", now=now)
        with pytest.raises(UserConflict):
            await users.ensure(tx, LOCAL_ISSUER, local.id, role="admin", name="Mallory", now=now)
        with pytest.raises(UserConflict):
            await users.ensure(tx, LOCAL_ISSUER, "new", role="admin", name="Mallory", now=now)
        assert [(user.id, user.role, user.name) for user in await users.everybody(tx)] == [
            (local.id, "patient", "Sam")
        ]


async def test_another_issuers_subject_is_another_person_who_does_not_get_the_id(
    tx: AsyncSession, now: datetime
) -> None:
    sam = await users.ensure(tx, ISSUER, "7", role="patient", name="Sam", now=now)
    with pytest.raises(UserConflict):
        await users.ensure(tx, ANOTHER, "7", role="provider", name="Mallory", now=now)
    assert (sam.role, sam.name, sam.issuer) == ("patient", "Sam", ISSUER)
    other = await users.ensure(tx, ANOTHER, "8", role="patient", name="Noor", now=now)
    assert (other.id, other.issuer) == ("8", ANOTHER)


async def test_two_issuers_may_call_two_people_the_same_but_one_issuer_may_not(
    tx: AsyncSession, now: datetime
) -> None:
    sam = await users.ensure(tx, ISSUER, "7", role="patient", name="Sam", now=now)

    def somebody(user_id: str, issuer: str) -> User:
        return User(
            id=user_id,
            issuer=issuer,
            subject="7",
            name="Noor",
            role="patient",
            demo=False,
            disabled=False,
            created_at=now,
        )

    tx.add(noor := somebody("another id", ANOTHER))
    await tx.flush()
    assert await users.by_subject(tx, ISSUER, "7") is sam
    assert await users.by_subject(tx, ANOTHER, "7") is noor
    assert await users.ensure(tx, ANOTHER, "7", role="ops", name="Noor", now=now) is noor
    assert (sam.role, sam.name) == ("patient", "Sam")
    with pytest.raises(UserConflict):
        await users.rename_issuer(tx, ANOTHER, ISSUER)
    assert (sam.issuer, noor.issuer) == (ISSUER, ANOTHER)
    tx.add(somebody("a third id", ISSUER))
    with pytest.raises(IntegrityError):
        await tx.flush()


async def test_whose_issuer_is_not_known_is_nobodys_until_they_are_adopted(
    tx: AsyncSession, now: datetime
) -> None:
    sam = await users.ensure(tx, ISSUER, "7", role="patient", name="Sam", now=now)
    noor = await users.ensure(tx, ISSUER, "8", role="patient", name="Noor", now=now)
    sam.issuer = None
    with pytest.raises(UserConflict):
        await users.ensure(tx, ISSUER, "7", role="provider", name="Mallory", now=now)
    assert await users.adopt(tx, ANOTHER) == 1
    assert await users.adopt(tx, ISSUER) == 0
    assert await users.ensure(tx, ANOTHER, "7", role="patient", name="Sam", now=now) is sam
    assert noor.issuer == ISSUER


async def test_a_platform_that_calls_itself_something_else_keeps_its_people(
    tx: AsyncSession, now: datetime
) -> None:
    local = await users.create(
        tx, username="elena", name="E", role="provider", password_hash="x", now=now
    )
    sam = await users.ensure(tx, ISSUER, "7", role="patient", name="Sam", now=now)
    assert await users.issuers(tx) == {LOCAL_ISSUER: 1, ISSUER: 1}
    assert await users.rename_issuer(tx, ISSUER, ANOTHER) == [sam]
    assert await users.ensure(tx, ANOTHER, "7", role="patient", name="Sam", now=now) is sam
    assert await users.issuers(tx) == {LOCAL_ISSUER: 1, ANOTHER: 1}
    assert local.issuer == LOCAL_ISSUER


async def test_patients_are_listed_by_name_with_their_last_answered_call(
    database: Database, now: datetime
) -> None:
    async with database.transaction() as tx:
        practice = await open_practice(tx, now)
        await users.create(
            tx, username="alex", name="Alex", role="patient", password_hash="x", now=now
        )
        gone = await users.create(
            tx, username="gone", name="Gone", role="patient", password_hash="x", now=now
        )
        gone.disabled = True
        await finished_call(tx, practice, "room-1")
        last = await finished_call(tx, practice, "room-2", minutes_later=60)
        await ring(tx, practice, "room-3", minutes_later=120)
    async with database.transaction() as tx:
        patients = await users.list_patients(tx)
    assert [(patient.user.name, patient.last_call_at) for patient in patients] == [
        ("Alex", None),
        ("Sam Lee", last.started_at),
    ]


# --- signed-in browsers
# -------------------------------------------------------------------------------------


@pytest.fixture
async def practice(database: Database, now: datetime) -> Practice:
    """Committed, unlike the fixture of the same name elsewhere:
    signing in takes several transactions.
    """
    async with database.transaction() as tx:
        return await open_practice(tx, now)


async def sign_in(database: Database, practice: Practice, hours: int = 8) -> str:
    async with database.transaction() as tx:
        expires_at = practice.now + timedelta(hours=hours)
        return await login_sessions.create(
            tx, practice.patient.id, now=practice.now, expires_at=expires_at
        )


async def signed_in(database: Database, token: str, now: datetime) -> login_sessions.Holder | None:
    async with database.transaction() as tx:
        return await login_sessions.find(tx, token, now=now)


async def test_a_token_tells_who_signed_in_until_it_expires(
    database: Database, practice: Practice
) -> None:
    token = await sign_in(database, practice, hours=8)
    found = await signed_in(database, token, practice.now)
    assert found is not None
    assert found.user.id == practice.patient.id
    assert found.expires_at == practice.now + timedelta(hours=8)
    just_before = found.expires_at - timedelta(microseconds=1)
    assert await signed_in(database, token, just_before) is not None
    assert await signed_in(database, token, found.expires_at) is None


async def test_an_unknown_token_is_nobody(database: Database, practice: Practice) -> None:
    token = await sign_in(database, practice)
    assert await signed_in(database, token[:-1], practice.now) is None
    assert await signed_in(database, "", practice.now) is None


async def test_signing_out_ends_one_sign_in_only(database: Database, practice: Practice) -> None:
    laptop, phone = await sign_in(database, practice), await sign_in(database, practice)
    assert laptop != phone
    async with database.transaction() as tx:
        await login_sessions.revoke(tx, laptop, now=practice.now)
        await login_sessions.revoke(tx, "unknown", now=practice.now)
    assert await signed_in(database, laptop, practice.now) is None
    assert await signed_in(database, phone, practice.now) is not None


async def test_a_disabled_user_is_signed_out_everywhere(
    database: Database, practice: Practice
) -> None:
    token = await sign_in(database, practice)
    async with database.transaction() as tx:
        (await tx.get_one(User, practice.patient.id)).disabled = True
    assert await signed_in(database, token, practice.now) is None


async def test_a_user_who_was_signed_out_everywhere_stays_so(
    database: Database, practice: Practice
) -> None:
    tokens = [await sign_in(database, practice) for _ in range(2)]
    async with database.transaction() as tx:
        other = await login_sessions.create(
            tx, practice.provider.id, now=practice.now, expires_at=practice.now + timedelta(hours=1)
        )
        await login_sessions.end_all(tx, practice.patient.id)
    assert [await signed_in(database, token, practice.now) for token in tokens] == [None, None]
    assert await signed_in(database, other, practice.now) is not None


async def test_the_token_itself_is_not_in_the_database(
    database: Database, practice: Practice
) -> None:
    token = await sign_in(database, practice)
    async with database.transaction() as tx:
        (row,) = await tx.scalars(select(LoginSession))
    assert len(token) >= 43  # 256 bits in base64
    assert token not in repr(vars(row))


async def test_sign_ins_that_expired_long_ago_are_removed_at_the_next_one(
    database: Database, practice: Practice
) -> None:
    await sign_in(database, practice, hours=-25)
    await sign_in(database, practice)
    async with database.transaction() as tx:
        assert len((await tx.scalars(select(LoginSession))).all()) == 1


async def test_two_who_are_renamed_at_once_do_not_share_a_name(
    database: Database, now: datetime
) -> None:
    async with database.transaction() as tx:
        people = [
            await users.create(tx, username=name, name=name, role="provider", now=now)
            for name in ("ann", "bob")
        ]

    async def rename(user_id: str) -> None:
        async with database.transaction() as tx:
            user = await users.by_id(tx, user_id, lock=True)
            assert user
            await users.rename(tx, user, "same")

    told = await asyncio.gather(*(rename(user.id) for user in people), return_exceptions=True)
    assert sorted(type(one).__name__ for one in told) == ["NoneType", "UsernameTaken"]


async def test_the_private_address_of_a_calendar_ends_with_what_was_signed_in(
    database: Database, now: datetime
) -> None:
    async with database.transaction() as tx:
        provider = await users.create(tx, username="pat", name="Pat", role="provider", now=now)
        _, first = await feeds.open_new(tx, provider.id, "busy", now)
        assert await feeds.by_token(tx, first)
        await users.end_sign_ins(tx, provider, now=now)
        assert await feeds.by_token(tx, first) is None
        _, second = await feeds.open_new(tx, provider.id, "busy", now)
        await users.disable(tx, provider, now=now)
        provider.disabled = False
        assert await feeds.by_token(tx, second) is None, "enabling brings it back to nobody"
