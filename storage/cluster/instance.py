"""What a server holds while it runs, by flock(2): gone with the process, however it ends.

A SQLite database and its folder are one server's. Servers on one PostgreSQL may share a folder:
each of them holds a file in it, which is its node, and which its next start finds again. What they
carry in the database they hold by leases: see `storage/cluster/nodes.py`.
"""

import fcntl
import os
import socket
from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import AlreadyRunning, DatabaseUnavailable, StorageError
from storage.ids import new_id
from storage.vault.files import create_private_folder

LOCK_FILE = "carelay.lock"
NODES = "nodes"


class FileLock:
    """Held until `close`, or the end of the process."""

    def __init__(self, path: Path, *, shared: bool = False) -> None:
        """Raises AlreadyRunning if another process holds it, OSError if it cannot be made."""
        create_private_folder(path.parent)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        self._descriptor = os.open(path, flags, 0o600)
        try:
            fcntl.flock(
                self._descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB
            )
        except BlockingIOError:
            holder = os.pread(self._descriptor, 200, 0).decode(errors="replace").strip()
            os.close(self._descriptor)
            raise AlreadyRunning(_taken(path.parent, holder)) from None
        except OSError:
            os.close(self._descriptor)
            raise
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{this_process()}\n".encode(), 0)

    def close(self) -> None:
        os.close(self._descriptor)


class NodeLock:
    """This server's place in its folder: whoever finds it free is that node."""

    def __init__(self, node_id: str, lock: FileLock) -> None:
        self.node_id = node_id
        self._lock = lock

    @classmethod
    def take(cls, folder: Path) -> "NodeLock":
        """That of a server that is no more, or a new one. Raises StorageError."""
        try:
            places = folder / NODES
            create_private_folder(places)
            for node_id in [*sorted(place.name for place in places.iterdir()), new_id()]:
                with suppress(AlreadyRunning):
                    return cls(node_id, FileLock(places / node_id))
        except OSError as error:
            raise StorageError(f"The folder {folder} cannot be used: {error.strerror}.") from error
        raise AlreadyRunning(_taken(folder, ""))

    def close(self) -> None:
        self._lock.close()


def hold_folder(folder: Path, *, shared: bool = False) -> FileLock:
    """`shared` with others that share it, too.

    Raises AlreadyRunning if another server is in the way, StorageError if the folder cannot be
    used.
    """
    try:
        return FileLock(folder / LOCK_FILE, shared=shared)
    except OSError as error:
        raise StorageError(f"The folder {folder} cannot be used: {error.strerror}.") from error


def hold_database(url: str) -> FileLock | None:
    """SQLite's file; none for a database that several servers may use.

    Raises AlreadyRunning, DatabaseUnavailable.
    """
    file = make_url(url).database if is_alone(url) else None
    if not file:
        return None
    try:
        return FileLock(Path(f"{file}.lock"))
    except OSError as error:
        raise DatabaseUnavailable(f"The database file cannot be used: {error.strerror}.") from error


def is_alone(url: str) -> bool:
    """Whether only one server can have the database.

    Raises StorageError for a URL of no database.
    """
    try:
        return make_url(url).get_backend_name() == "sqlite"
    except ArgumentError:
        raise StorageError("The database URL cannot be read.") from None


def this_process() -> str:
    """For people who look for it."""
    return f"process {os.getpid()} on {socket.gethostname()}"


def _taken(what: object, holder: str) -> str:
    by = f" ({holder})" if holder else ""
    return f"Another carelay server{by} is using {what}; only one may. Stop that one first."
