"""The database for the length of one command, and `carelay database prepare`."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.config import Config
from signaling.config.file import load
from signaling.kernel.terminal import CommandError, say
from storage import roles
from storage.database import Database


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[Database]:
    """Closed in the end. Raises StorageError."""
    database = await Database.open(config.database_url)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def transaction(config: Config) -> AsyncIterator[AsyncSession]:
    """One transaction; the database is closed behind it. Raises StorageError."""
    async with opened(config) as database, database.transaction() as tx:
        yield tx


def prepare(arguments: argparse.Namespace) -> int:
    """PostgreSQL: make or upgrade the tables as their owner, and let the server's role use them."""
    config = load(arguments.config, files_must_exist=False)
    role, left = asyncio.run(_prepare(arguments.owner, config.database_url))
    if left:
        raise CommandError(f"{role} can still change the audit log: {', '.join(left)}")
    say(
        f"The tables are up to date. {role} can add to the audit log and to the consents, and "
        "change nothing of them."
    )
    return 0


async def _prepare(owner_url: str, url: str) -> tuple[str, Sequence[str]]:
    """The role, and what it may do that it should not."""
    role = await roles.prepare(owner_url, url)
    database = await Database.open(url)
    try:
        async with database.reading() as tx:
            return role, await roles.too_many_rights(tx)
    finally:
        await database.close()
