"""Links by which people set a password: each counts once, for a while, until it is revoked."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from storage.people import account_invitations, users
from tests.storage.practice import Practice

WEEK = timedelta(days=7)


async def invite(
    tx: AsyncSession, practice: Practice, now: datetime, send_at: datetime | None = None
) -> str:
    return await account_invitations.create(
        tx,
        practice.patient,
        "sam@example.org",
        by=practice.provider.id,
        now=now,
        expires_at=now + WEEK,
        send_at=send_at,
    )


async def test_a_link_counts_until_it_expires(tx: AsyncSession, practice: Practice) -> None:
    token = await invite(tx, practice, practice.now)
    early = practice.now + WEEK - timedelta(microseconds=1)
    found = await account_invitations.find(tx, token, now=early, lock=True)
    assert found
    assert (found.user, found.invitation.email) == (practice.patient, "sam@example.org")
    assert token not in found.invitation.token_sha256
    assert await account_invitations.find(tx, token, now=practice.now + WEEK) is None
    assert await account_invitations.find(tx, token + "x", now=practice.now) is None
    until = {practice.patient.id: practice.now + WEEK}
    ids = [practice.patient.id, practice.provider.id]
    assert await account_invitations.open_until(tx, ids) == until


async def test_one_that_is_used_or_revoked_or_followed_by_another_counts_no_longer(
    tx: AsyncSession, practice: Practice
) -> None:
    now = practice.now
    first = await invite(tx, practice, now)
    second = await invite(tx, practice, now)
    assert await account_invitations.find(tx, first, now=now) is None
    found = await account_invitations.find(tx, second, now=now)
    assert found
    found.invitation.used_at = now
    await tx.flush()
    assert await account_invitations.find(tx, second, now=now) is None
    assert not await account_invitations.revoke(tx, practice.patient.id, now=now)
    third = await invite(tx, practice, now)
    assert await account_invitations.revoke(tx, practice.patient.id, now=now)
    assert await account_invitations.find(tx, third, now=now) is None
    assert await account_invitations.open_until(tx, [practice.patient.id]) == {}


async def test_whoever_is_disabled_has_no_link(tx: AsyncSession, practice: Practice) -> None:
    token = await invite(tx, practice, practice.now)
    await users.disable(tx, practice.patient, now=practice.now)
    assert await account_invitations.find(tx, token, now=practice.now) is None


async def test_a_letter_that_was_not_sent_takes_back_its_own_link_alone(
    tx: AsyncSession, practice: Practice
) -> None:
    now, user_id = practice.now, practice.patient.id
    unsent, sent = await invite(tx, practice, now), await invite(tx, practice, now)
    assert not await account_invitations.revoke(tx, user_id, now=now, token=unsent)
    assert await account_invitations.find(tx, sent, now=now)
    assert await account_invitations.revoke(tx, user_id, now=now, token=sent)
    assert await account_invitations.find(tx, sent, now=now) is None


async def test_a_letter_is_due_only_while_its_link_counts(
    tx: AsyncSession, practice: Practice
) -> None:
    now, lease = practice.now, timedelta(minutes=2)
    await invite(tx, practice, now, send_at=now + lease)
    assert not await account_invitations.has_unsent(tx, now)
    assert await account_invitations.has_unsent(tx, now + lease)
    assert not await account_invitations.has_unsent(tx, now + WEEK), "it has expired"
    assert await account_invitations.send_again(tx, now + WEEK, lease) is None
    assert await account_invitations.send_again(tx, now + lease, lease)
    await users.disable(tx, practice.patient, now=now)
    assert not await account_invitations.has_unsent(tx, now + 2 * lease), "nobody may come"
    assert await account_invitations.send_again(tx, now + 2 * lease, lease) is None
