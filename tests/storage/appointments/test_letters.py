"""The outbox of letters about appointments."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from storage.appointments import letters
from tests.storage.appointments.test_appointments import add
from tests.storage.practice import Practice

DAY = timedelta(hours=24)


async def test_reminders_do_not_wait_for_those_that_need_none(
    tx: AsyncSession, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "MOST", 1)
    practice.patient.email = "sam@example.org"
    await add(tx, practice, 1)  # made today: its letter was reminder enough
    long_agreed = await add(tx, practice, 2)
    long_agreed.updated_at = practice.now - 7 * DAY
    await tx.flush()
    counts = [await letters.remind(tx, "day_before", DAY, practice.now) for _ in range(3)]
    assert counts == [0, 1, 0]
    assert await letters.waiting(tx) == letters.Waiting(1, practice.now)
    found = await letters.claim(tx, practice.now, DAY)
    assert found
    assert found.calendar_id == long_agreed.id
