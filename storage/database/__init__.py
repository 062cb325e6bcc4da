"""The one door to the database: opens it, brings its schema up to date,
and hands out transactions.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

from sqlalchemy import event, inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from storage import migrations
from storage.database.engine import (
    BUSY_TIMEOUT_MS,
    create_engine,
    make_private_file,
    reading_engine,
    sqlite_file,
)
from storage.database.failures import TOO_BUSY, as_unavailable
from storage.errors import DatabaseUnavailable
from storage.rows.carriers import NOBODY, CarryingSession, carrying, overtaken_is_told


class Database:
    """A pool of connections to an up-to-date schema. Make it with `open`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reading_engine = reading_engine(engine)
        self.carrier = NOBODY
        """Who writes through this door: a server says so once it has started."""
        options: dict[str, Any] = {"expire_on_commit": False, "sync_session_class": CarryingSession}
        self._sessions = async_sessionmaker(engine, **options)
        self._reading_sessions = async_sessionmaker(self._reading_engine, **options)
        # SQLite writes one at a time anyway. Waiting for a turn here is in order, so that what is
        # written first is read first; waiting for SQLite's own lock polls with growing pauses, and
        # whoever polls first is next.
        self._turn = asyncio.Lock() if engine.dialect.name == "sqlite" else None

    @classmethod
    async def open(cls, url: str) -> Self:
        """`sqlite+aiosqlite:////absolute/path` or `postgresql+asyncpg://user@host/name`;
        runs the migrations.

        Raises DatabaseUnavailable, or StorageError if the URL names no database that can be used.
        """
        engine = create_engine(url)
        database = cls(engine)
        try:
            make_private_file(engine)
            async with _unavailable_is_told(), engine.begin() as connection:
                await connection.run_sync(migrations.upgrade)
        except BaseException:
            await database.close()
            raise
        return database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Commits on exit, rolls back on any exception. Raises DatabaseUnavailable,
        CarriedElsewhere.

        On SQLite transactions run one at a time, in the order of this call: keep them short, never
        wait for a person or a network inside, and never begin one inside another.
        """
        async with self._in_turn(), self._sessions(info=carrying(self.carrier)) as session:
            async with _unavailable_is_told():
                await session.connection()
            with overtaken_is_told():
                yield session
                async with _unavailable_is_told():
                    await session.commit()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A transaction that only reads, all of it at one moment; a write in it is an error.

        It sees what was committed before and waits for no writer. Raises DatabaseUnavailable.
        """
        async with self._reading_sessions(info=carrying(self.carrier)) as session:
            async with _unavailable_is_told():
                await session.connection()
            yield session

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        if self._turn is None:
            yield
            return
        try:
            async with asyncio.timeout(BUSY_TIMEOUT_MS / 1000):
                await self._turn.acquire()
        except TimeoutError:
            raise DatabaseUnavailable(TOO_BUSY) from None
        try:
            yield
        finally:
            self._turn.release()

    @property
    def held_alone(self) -> bool:
        """One server at a time: SQLite, whose file a server locks."""
        return self._turn is not None

    async def close(self) -> None:
        await self._reading_engine.dispose()
        await self._engine.dispose()


def when_committed(tx: AsyncSession, act: Callable[[], None]) -> None:
    """Done as soon as the transaction has committed, and not at all if it does not."""
    event.listen(tx.sync_session, "after_commit", lambda _session: act(), once=True)


async def schema_is_current(url: str) -> bool:
    """Whether `Database.open` would find nothing to migrate; changes nothing, and makes no file.

    False for an empty or older database. Raises DatabaseUnavailable, or StorageError as
    `Database.open` does.
    """
    engine = create_engine(url)
    file = sqlite_file(engine)
    try:
        if file is not None and not file.exists():
            return False
        async with _unavailable_is_told(), engine.connect() as connection:
            return await connection.run_sync(migrations.is_current)
    finally:
        await engine.dispose()


async def database_is_empty(url: str) -> bool:
    """Whether there is no table, or no file yet; makes none.

    Raises DatabaseUnavailable, or StorageError.
    """
    engine = create_engine(url)
    file = sqlite_file(engine)
    try:
        if file is not None and not file.exists():
            return True
        async with _unavailable_is_told(), engine.connect() as connection:
            return not await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    finally:
        await engine.dispose()


@asynccontextmanager
async def _unavailable_is_told() -> AsyncIterator[None]:
    """For what SQLAlchemy lets through unchanged: refused connections and time-outs of the pool."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        if unavailable := as_unavailable(error):
            raise unavailable from error
        raise
