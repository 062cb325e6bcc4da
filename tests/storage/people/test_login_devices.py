"""Browsers that somebody signed in with before."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import LoginDevice
from storage.people import login_devices
from tests.storage.practice import Practice


async def test_a_device_is_known_for_who_signed_in_with_it_and_for_a_while(
    tx: AsyncSession, practice: Practice, now: datetime
) -> None:
    token = await login_devices.remember(tx, "", practice.provider.id, now=now)
    assert await login_devices.is_known(tx, token, "elena", now=now)
    assert not await login_devices.is_known(tx, token, "sam", now=now)
    assert not await login_devices.is_known(tx, "made up", "elena", now=now)
    assert not await login_devices.is_known(tx, token, "elena", now=now + login_devices.LIFETIME)
    assert await login_devices.remember(tx, token, practice.patient.id, now=now) == token, (
        "a shared browser"
    )
    await login_devices.forget_all(tx, practice.provider.id)
    assert not await login_devices.is_known(tx, token, "elena", now=now)
    assert await login_devices.is_known(tx, token, "sam", now=now)


async def test_only_the_devices_used_last_are_kept(
    tx: AsyncSession, practice: Practice, now: datetime
) -> None:
    tokens = [
        await login_devices.remember(
            tx, "", practice.provider.id, now=now + timedelta(minutes=minute)
        )
        for minute in range(login_devices.MOST_OF_A_USER + 2)
    ]
    later = now + timedelta(hours=1)
    assert not await login_devices.is_known(tx, tokens[1], "elena", now=later)
    assert await login_devices.is_known(tx, tokens[2], "elena", now=later)
    assert (
        await tx.scalar(select(func.count()).select_from(LoginDevice))
        == login_devices.MOST_OF_A_USER
    )
