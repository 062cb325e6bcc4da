"""One server for one folder and one database: a second one would end the calls of the first.

A folder and a SQLite file are held by flock(2), PostgreSQL by an advisory lock, which lasts as long
as its connection. All of them go with the process, however it ends.
"""

import asyncio
import fcntl
import logging
import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path
from typing import Self

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.engine import create_engine, sqlite_file
from storage.errors import AlreadyRunning, DatabaseUnavailable, StorageError
from storage.vault.files import create_private_folder

log = logging.getLogger(__name__)

LOCK_FILE = "carelay.lock"
CHECK_SECONDS = 2.0
_KEY = 0x63617265  # "care": any number that no other program locks in the same database
# The application name tells a server its own connection that the network has lost.
_HOLDER = text(
    "SELECT a.pid, a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
    "WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = :key AND l.objsubid = 1 "
    "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class FileLock:
    """Held until `close`, or the end of the process."""

    def __init__(self, path: Path) -> None:
        """Raises AlreadyRunning if another process holds it, OSError if it cannot be made."""
        create_private_folder(path.parent)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        self._descriptor = os.open(path, flags, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._descriptor, 200, 0).decode(errors="replace").strip()
            os.close(self._descriptor)
            raise AlreadyRunning(_taken(path.parent, holder)) from None
        except OSError:
            os.close(self._descriptor)
            raise
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)

    def close(self) -> None:
        os.close(self._descriptor)


def hold_folder(folder: Path) -> FileLock:
    """Raises AlreadyRunning if another server uses the folder, StorageError if it cannot be used."""
    try:
        return FileLock(folder / LOCK_FILE)
    except OSError as error:
        raise StorageError(f"The folder {folder} cannot be used: {error.strerror}.") from error


class DatabaseLock:
    """Take it with `take`, before the database is touched."""

    def __init__(self, engine: AsyncEngine, name: str) -> None:
        self.lost = asyncio.Event()
        """Another server has taken it while the database was away: this one must stop."""
        self._engine = engine
        self._name = name
        self._file: FileLock | None = None
        self._connection: AsyncConnection | None = None
        self._watch: asyncio.Task[None] | None = None

    @classmethod
    async def take(cls, url: str) -> Self:
        """Raises AlreadyRunning, DatabaseUnavailable, or StorageError for a URL of no database."""
        name = f"carelay server {secrets.token_hex(8)}"
        engine = create_engine(url, application_name=name)
        lock = cls(engine, name)
        try:
            await lock._begin()
        except BaseException:
            await lock.close()
            raise
        return lock

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait({self._watch})
        if self._file is not None:
            self._file.close()
        await self._give_up_connection()
        await self._engine.dispose()

    async def _begin(self) -> None:
        if (file := sqlite_file(self._engine)) is not None:
            try:
                self._file = FileLock(file.with_name(file.name + ".lock"))
            except OSError as error:
                raise DatabaseUnavailable(f"The database file cannot be used: {error.strerror}.") from error
            return
        await self._connect()
        self._watch = asyncio.create_task(self._keep())

    async def _connect(self) -> None:
        """Raises AlreadyRunning, DatabaseUnavailable."""
        try:
            connection = await self._engine.connect()
            self._connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
            if not await self._try(self._connection):
                await self._end_own_remains(self._connection)
                raise AlreadyRunning(_taken("the database", ""))
        except (OSError, SQLAlchemyError) as error:
            await self._give_up_connection()
            raise DatabaseUnavailable(f"The database is not available: {type(error).__name__}") from error
        except StorageError:
            await self._give_up_connection()
            raise

    async def _try(self, connection: AsyncConnection) -> bool:
        taken = await connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY})
        return bool(taken)

    async def _end_own_remains(self, connection: AsyncConnection) -> None:
        """Raises DatabaseUnavailable, to try again: a connection of ours that the network has lost lives on there."""
        holder = (await connection.execute(_HOLDER, {"key": _KEY})).one_or_none()
        if holder is not None and holder.application_name == self._name:
            await connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": holder.pid})
            raise DatabaseUnavailable("The database still has the connection that was lost.")

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                if self._connection is None:
                    await self._connect()
                    log.warning("the database is back, and held again")
                else:
                    await self._connection.execute(text("SELECT 1"))
            except AlreadyRunning:
                log.critical("another server has taken the database while it was away")
                self.lost.set()
                return
            except (StorageError, SQLAlchemyError, OSError) as error:
                if self._connection is not None:
                    log.warning("the connection that holds the database is lost: %s", type(error).__name__)
                await self._give_up_connection()

    async def _give_up_connection(self) -> None:
        if (connection := self._connection) is None:
            return
        self._connection = None
        with suppress(StorageError, SQLAlchemyError, OSError):
            await connection.invalidate()
            await connection.close()


def _taken(what: object, holder: str) -> str:
    by = f" ({holder})" if holder else ""
    return f"Another carelay server{by} is using {what}; only one may. Stop that one first."
