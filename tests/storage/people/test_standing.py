"""What is asked about people who are connected: their role now,
and whether their sign-in still counts.
"""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from storage.errors import StaleToken
from storage.people import login_devices, login_sessions, users
from tests.storage.practice import Practice
from tests.support.platform import ISSUER


async def test_the_disabled_and_the_unknown_have_no_role(
    tx: AsyncSession, practice: Practice
) -> None:
    asked = [practice.patient.id, practice.provider.id, "nobody"]
    assert await users.roles(tx, asked) == {
        practice.patient.id: "patient",
        practice.provider.id: "provider",
    }
    await users.disable(tx, practice.patient, now=practice.now)
    await tx.flush()
    assert await users.roles(tx, asked) == {practice.provider.id: "provider"}


async def test_sign_ins_and_devices_end_with_their_user(
    tx: AsyncSession, practice: Practice, now: datetime
) -> None:
    later = now + timedelta(hours=1)
    kept = await login_sessions.create(tx, practice.provider.id, now=now, expires_at=later)
    revoked = await login_sessions.create(tx, practice.provider.id, now=now, expires_at=later)
    removed = await login_sessions.create(tx, practice.patient.id, now=now, expires_at=later)
    device = await login_devices.remember(tx, "", practice.patient.id, now=now)
    assert await login_sessions.ended(tx, {kept, revoked, removed}) == set()
    await login_sessions.revoke(tx, revoked, now=now)
    await users.disable(tx, practice.patient, now=practice.now)
    assert await login_sessions.ended(tx, {kept, revoked, removed}) == {revoked, removed}
    assert not await login_devices.is_known(tx, device, "sam", now=now)
    assert await login_sessions.ended(tx, set()) == set()


async def test_the_token_issued_last_decides_the_role(tx: AsyncSession, now: datetime) -> None:
    later = now + timedelta(minutes=1)
    await users.ensure(tx, ISSUER, "t", role="admin", name="T", now=now, issued_at=now)
    known = await users.ensure(tx, ISSUER, "t", role="patient", name="T", now=now, issued_at=later)
    assert known.role == "patient"
    with pytest.raises(StaleToken):
        await users.ensure(tx, ISSUER, "t", role="admin", name="T", now=now, issued_at=now)
    known = await users.ensure(tx, ISSUER, "t", role="patient", name="Old", now=now, issued_at=now)
    assert known.name == "T"
    assert (await users.ensure(tx, ISSUER, "t", role="ops", name="T", now=now)).role == "ops", (
        "says not when"
    )
