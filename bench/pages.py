"""What measurements of pages of long lists have in common: a database of each kind, and how long
reading a page takes.
"""

import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable

from sqlalchemy import text

from storage.database import Database
from tests.support.postgresql import private_postgresql


async def databases() -> AsyncIterator[tuple[str, Database]]:
    """An empty one of each kind, by its name."""
    with private_postgresql() as postgresql, tempfile.TemporaryDirectory() as folder:
        for name, url in (
            ("sqlite", f"sqlite+aiosqlite:///{folder}/pages.sqlite3"),
            ("postgresql", await postgresql.new_database()),
        ):
            database = await Database.open(url)
            try:
                yield name, database
            finally:
                await database.close()


async def analyze(database: Database) -> None:
    """What is in it, as PostgreSQL's autovacuum does in its time."""
    async with database.transaction() as tx:
        if tx.get_bind().dialect.name == "postgresql":
            await tx.execute(text("ANALYZE"))


async def timed(work: Callable[[], Awaitable[object]], repetitions: int) -> list[float]:
    """Milliseconds of each time."""
    took = []
    for _ in range(repetitions):
        began = time.perf_counter()
        await work()
        took.append((time.perf_counter() - began) * 1000)
    return took
