"""The one door to the database: opens it, brings its schema up to date, and hands out transactions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.engine import Connection, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from storage import migrations
from storage.errors import DatabaseUnavailable, StorageError
from storage.failures import as_unavailable

BUSY_TIMEOUT_MS = 5_000
CONNECT_TIMEOUT_S = 5
COMMAND_TIMEOUT_S = 10
DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


class Database:
    """A pool of connections to an up-to-date schema. Make it with `open`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)

    @classmethod
    async def open(cls, url: str) -> "Database":
        """`sqlite+aiosqlite:////absolute/path` or `postgresql+asyncpg://user@host/name`; runs the migrations.

        Raises DatabaseUnavailable, or StorageError if the URL names no database that can be used.
        """
        database = cls(_engine(url))
        try:
            async with _unavailable_is_told(), database._engine.begin() as connection:
                await connection.run_sync(migrations.upgrade)
        except BaseException:
            await database.close()
            raise
        return database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Commits on exit, rolls back on any exception. Raises DatabaseUnavailable.

        On SQLite transactions run one at a time; keep them short and never wait for a person or a network inside.
        """
        async with self._sessions() as session:
            async with _unavailable_is_told():
                await session.connection()
            yield session
            async with _unavailable_is_told():
                await session.commit()

    async def ping(self) -> None:
        """Raises DatabaseUnavailable unless a statement is answered."""
        async with self.transaction() as tx:
            await tx.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self._engine.dispose()


@asynccontextmanager
async def _unavailable_is_told() -> AsyncIterator[None]:
    """For what SQLAlchemy lets through unchanged: refused connections and time-outs of the pool."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        if unavailable := as_unavailable(error):
            raise unavailable from error
        raise


def _engine(url: str) -> AsyncEngine:
    """Engines hide the parameters of statements from error messages: they hold names and end in logs."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StorageError("The database URL cannot be read.") from None
    if parsed.drivername not in DRIVERS:
        raise StorageError(f"The database URL has to begin with {' or '.join(DRIVERS)}.")
    engine = _sqlite(url, parsed.database) if parsed.drivername == DRIVERS[0] else _postgresql(url)
    event.listen(engine.sync_engine, "handle_error", _translate)
    return engine


def _sqlite(url: str, database: str | None) -> AsyncEngine:
    if not database or database == ":memory:":
        raise StorageError("The database URL names no file.")
    try:
        Path(database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailable(f"The database folder cannot be made: {error.strerror}.") from error
    engine = create_async_engine(url, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _postgresql(url: str) -> AsyncEngine:
    return create_async_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_timeout=CONNECT_TIMEOUT_S,
        connect_args={
            "timeout": CONNECT_TIMEOUT_S,
            "command_timeout": COMMAND_TIMEOUT_S,
            "server_settings": {"application_name": "carelay", "timezone": "UTC"},
        },
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself; _begin_sqlite does
    try:
        _set_pragmas(connection.cursor())
    except BaseException:
        connection.close()
        raise


def _set_pragmas(cursor: Any) -> None:
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # FULL: an access to a recording is audited before its first byte, and that row must survive a power cut;
    # NORMAL would sync the log only at checkpoints.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA recursive_triggers = ON")  # or REPLACE deletes rows behind the append-only triggers
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE: a transaction that reads and then writes would otherwise fail at once, without waiting, if another
    # one wrote in between (SQLITE_BUSY_SNAPSHOT).
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _translate(context: ExceptionContext) -> None:
    error = context.sqlalchemy_exception or context.original_exception
    if (unavailable := as_unavailable(error)) is not None:
        raise unavailable from context.original_exception
