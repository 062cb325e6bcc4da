"""The database for the length of one command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.config import Config
from storage.database import Database


@asynccontextmanager
async def transaction(config: Config) -> AsyncIterator[AsyncSession]:
    """One transaction; the database is closed behind it. Raises StorageError."""
    database = await Database.open(config.database_url)
    try:
        async with database.transaction() as tx:
            yield tx
    finally:
        await database.close()
