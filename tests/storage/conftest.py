"""Every test that asks for `database` runs on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from tests.storage.practice import Practice, open_practice

NOW = datetime(2026, 3, 4, 5, 6, 7, 890123, UTC)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = await Database.open(database_url)
    yield database
    await database.close()


@pytest.fixture
async def tx(common_database_url: str) -> AsyncIterator[AsyncSession]:
    """A transaction that is undone at the end, so that a test may leave it broken."""
    database = await Database.open(common_database_url)
    async with database.transaction() as tx:
        yield tx
        await tx.rollback()
    await database.close()


@pytest.fixture
async def practice(tx: AsyncSession, now: datetime) -> Practice:
    return await open_practice(tx, now)


@pytest.fixture
def now() -> datetime:
    """Not a whole second: microseconds have to survive."""
    return NOW
