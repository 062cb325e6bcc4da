"""How each of the two databases is connected to."""

import asyncio
import logging
import os
import sqlite3
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage.database import shapes
from storage.database.failures import as_unavailable
from storage.errors import DatabaseUnavailable, StorageError

log = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 5_000
WAL_RETRY_SECONDS = 0.01
SYNCHRONOUS = "FULL"
"""An access to a recording is audited before its first byte, and that row must survive a power cut;
NORMAL would sync SQLite's log only at checkpoints.
"""
READERS = 4  # SQLite connections, each with its thread; a page of a list takes 10 ms of one
CONNECT_TIMEOUT_S = 5
COMMAND_TIMEOUT_S = 10
POSTGRESQL_PARAMETERS = {
    *("host", "port", "user", "password", "passfile", "service", "servicefile", "database"),
    *("ssl", "target_session_attrs", "krbsrvname", "gsslib", "prepared_statement_cache_size"),
}
"""What may stand behind the question mark: what asyncpg takes as text, which is not all that libpq
does.
"""


def create_engine(url: str, application_name: str = "carelay") -> AsyncEngine:
    """For writing. Connects at first use. Raises StorageError if the URL names no database
    that can be used.

    Engines hide the parameters of statements from error messages: they hold names and end in logs.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StorageError("The database URL cannot be read.") from None
    if parsed.drivername == "sqlite+aiosqlite":
        return _translating(_sqlite(parsed))
    if parsed.drivername == "postgresql+asyncpg":
        return _translating(_postgresql(parsed, application_name))
    raise StorageError("The database URL has to begin with sqlite+aiosqlite or postgresql+asyncpg.")


def reading_engine(engine: AsyncEngine) -> AsyncEngine:
    """The same database for transactions that only read; a statement that writes is refused.

    Each sees one state of it from beginning to end, on PostgreSQL by REPEATABLE READ. SQLite gets
    connections of their own: in WAL mode they see the last commit and wait for no writer.
    """
    if engine.dialect.name != "sqlite":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    reading = _sqlite_engine(
        engine.url,
        pool_size=READERS,
        max_overflow=0,
        pool_timeout=BUSY_TIMEOUT_MS / 1000,
    )
    event.listen(reading.sync_engine, "connect", _prepare_sqlite)
    event.listen(reading.sync_engine, "connect", _refuse_writing)
    event.listen(reading.sync_engine, "begin", _begin_reading)
    return _translating(reading)


def _translating(engine: AsyncEngine) -> AsyncEngine:
    event.listen(engine.sync_engine, "handle_error", _translate)
    return engine


def sqlite_file(engine: AsyncEngine) -> Path | None:
    """None for a database that is no file."""
    return (
        Path(engine.url.database)
        if engine.dialect.name == "sqlite" and engine.url.database
        else None
    )


def make_private_file(engine: AsyncEngine) -> None:
    """SQLite makes neither its folder nor a file that others cannot read; one
    that they can is mended.

    Raises DatabaseUnavailable.
    """
    file = sqlite_file(engine)
    if file is None:
        return
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in (file.name, f"{file.name}-wal", f"{file.name}-shm"):
            _make_private(file.with_name(name), missing_ok=name != file.name)
    except OSError as error:
        raise DatabaseUnavailable(f"The database file cannot be made: {error.strerror}.") from error


def _make_private(file: Path, *, missing_ok: bool) -> None:
    """One that is there is not opened: POSIX drops all locks that a process has on a file, those of
    its other connections included, as soon as it closes any descriptor of it.
    """
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        if not missing_ok:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            with suppress(FileExistsError):
                os.close(os.open(file, flags, 0o600))
        return
    if not stat.S_ISREG(mode):
        raise DatabaseUnavailable(f"The database {file} is not a file.")
    if mode & 0o077:
        file.chmod(0o600)
        log.warning("%s was open to other users of this machine; now it is not", file)


def _engine(url: URL, **options: Any) -> AsyncEngine:
    """Errors name no values, and a broken one of a column fails no query."""
    return create_async_engine(url, hide_parameters=True, json_deserializer=shapes.parse, **options)


class _Connection(sqlite3.Connection):
    def close(self) -> None:
        """A cursor that somebody still holds, such as the error of a task that was cancelled, would
        keep a closed connection's transaction open, and with it the lock against all writers.
        """
        if self.in_transaction:
            self.rollback()
        super().close()


def _sqlite_engine(url: URL, **options: Any) -> AsyncEngine:
    return _engine(url, connect_args={"factory": _Connection}, **options)


def _sqlite(url: URL) -> AsyncEngine:
    if url.database in {None, "", ":memory:"}:
        raise StorageError("The database URL names no file.")
    engine = _sqlite_engine(url)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _postgresql(url: URL, application_name: str) -> AsyncEngine:
    if unknown := sorted(url.query.keys() - POSTGRESQL_PARAMETERS):
        raise StorageError(
            f"The database URL has the parameter {unknown[0]}, which asyncpg does not know"
            f"{'; write ssl' if unknown[0] == 'sslmode' else ''}."
        )
    if not 0 < (url.port or 5432) < 65536:
        raise StorageError(f"The database URL has the port {url.port}; there are 65535.")
    return _engine(
        url,
        pool_pre_ping=True,
        pool_timeout=CONNECT_TIMEOUT_S,
        connect_args={
            "timeout": CONNECT_TIMEOUT_S,
            "command_timeout": COMMAND_TIMEOUT_S,
            "server_settings": {
                "application_name": application_name,
                "timezone": "UTC",
                # a server whose machine died must not hold locks for the two hours that TCP waits
                # by itself
                "tcp_keepalives_idle": "10",
                "tcp_keepalives_interval": "5",
                "tcp_keepalives_count": "3",
            },
        },
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not by the driver
    try:
        connection.create_function("lower", 1, _lower, deterministic=True)
        connection.run_async(_use_wal)
        _set_pragmas(connection.cursor())
    except BaseException:
        connection.close()
        raise


def _lower(text: object) -> str | None:
    """In every script: SQLite's own knows ASCII alone."""
    return None if text is None else str(text).lower()


async def _use_wal(connection: Any) -> None:
    """Of several connections that turn a new file to it at once, SQLite fails all but one
    immediately, whatever the time-out is.
    """
    await connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            await connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            await asyncio.sleep(WAL_RETRY_SECONDS)
        else:
            return


def _set_pragmas(cursor: Any) -> None:
    cursor.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
    cursor.execute("PRAGMA foreign_keys = ON")
    # Without it REPLACE deletes rows behind the append-only triggers.
    cursor.execute("PRAGMA recursive_triggers = ON")
    # What was erased is overwritten: the wrapped key of a recording must not stay in a free page.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE: a transaction that reads and then writes would otherwise fail at once, without
    # waiting, if another one wrote in between (SQLITE_BUSY_SNAPSHOT).
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _refuse_writing(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only = ON")
    cursor.close()


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _translate(context: ExceptionContext) -> None:
    # SQLAlchemy itself replaces what a restart of the database broke, unless we raise here.
    if context.is_pre_ping:
        return
    error = context.sqlalchemy_exception or context.original_exception
    if (unavailable := as_unavailable(error)) is not None:
        raise unavailable from context.original_exception
