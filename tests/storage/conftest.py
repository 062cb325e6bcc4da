"""Every test that asks for `database` runs on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from tests.postgresql import PostgreSQL, private_postgresql
from tests.storage.people import Practice, open_practice

NOW = datetime(2026, 3, 4, 5, 6, 7, 890123, UTC)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """One server for each worker process."""
    with private_postgresql() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of the test's own."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/carelay.db"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return await server.new_database()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = await Database.open(database_url)
    yield database
    await database.close()


@pytest.fixture
async def tx(database: Database) -> AsyncIterator[AsyncSession]:
    """A transaction that is undone at the end, so that a test may leave it broken."""
    async with database.transaction() as tx:
        yield tx
        await tx.rollback()


@pytest.fixture
async def practice(tx: AsyncSession, now: datetime) -> Practice:
    return await open_practice(tx, now)


@pytest.fixture
def now() -> datetime:
    """Not a whole second: microseconds have to survive."""
    return NOW
