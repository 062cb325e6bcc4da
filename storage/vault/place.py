"""The recordings folder, known by a marker file: an empty mount point must not pass for it.

Its parts would look lost although they are intact, and new ones would fill another disk, out of
sight as soon as the volume is back. The marker is also a lock: against any second server, or only
against those that do not share the folder, where several nodes of one installation do. Blocking.
"""

import fcntl
import os
import secrets
import stat
import threading
from pathlib import Path

from storage.errors import AlreadyRunning, RecordingsAway
from storage.vault.files import create_private, create_private_folder, sync_folder, write_all

MARKER = "carelay-recordings"
MAX_ID = 64
PROBE = "carelay-probe"
PROBE_SIZE = 16 * 1024  # a chunk of a part
RELEASE_PATIENCE_SECONDS = 1.0  # the end of the process releases it as well


class Place:
    """One folder, for any thread.

    `id` is what its marker holds, none before `claim` has found or made one.
    """

    def __init__(self, folder: Path, *, shared: bool = False) -> None:
        self.folder = folder
        self.id: str | None = None
        self._shared = shared
        self._probe = f"{PROBE}-{secrets.token_hex(4)}" if shared else PROBE
        self._descriptor = -1
        self._lock = threading.Lock()
        self._probing = threading.Lock()

    def claim(self, place_id: str | None, new_id: str, *, may_make: bool) -> str:
        """Hold the folder for this process; the id it has from now on.

        With `place_id` only that place is taken. Without one (a first start, or one after an
        upgrade) a marker that is there is adopted, else one with `new_id` is made if `may_make`.
        Raises AlreadyRunning, RecordingsAway, and OSError if the folder cannot be written.
        """
        marker = self.folder / MARKER
        with self._lock:
            if place_id is None and may_make and not marker.exists():
                make_marker(marker, new_id)
            return self._claim(marker, place_id)

    def require(self) -> None:
        """Raises RecordingsAway unless the folder is, still or again, the one that was claimed."""
        if self.id is None:
            raise away(self.folder, "")
        marker = self.folder / MARKER
        try:
            now = marker.stat()  # without the lock: a volume that is gone may hang
            with self._lock:
                if not self._holds(now):
                    self._claim(marker, self.id)
        except OSError:
            raise away(self.folder, self.id) from None

    def probe(self) -> None:
        """Write a small file, sync it and remove it. Raises RecordingsAway, OSError."""
        self.require()
        path = self.folder / self._probe
        with self._probing:
            path.unlink(missing_ok=True)
            descriptor = create_private(path)
            try:
                write_all(descriptor, bytes(PROBE_SIZE))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
                path.unlink()

    def release(self) -> None:
        """Does not wait for a thread that hangs."""
        if self._lock.acquire(timeout=RELEASE_PATIENCE_SECONDS):
            try:
                self._let_go()
            finally:
                self._lock.release()

    # --- with the lock

    def _claim(self, marker: Path, place_id: str | None) -> str:
        self._hold(marker, place_id or "")
        found = os.pread(self._descriptor, MAX_ID, 0).decode(errors="replace").strip()
        if place_id is not None and found != place_id:
            self._let_go()
            raise away(self.folder, place_id)
        self.id = found
        return found

    def _holds(self, marker: os.stat_result) -> bool:
        if self._descriptor < 0:
            return False
        held = os.fstat(self._descriptor)
        return (marker.st_dev, marker.st_ino) == (held.st_dev, held.st_ino)

    def _let_go(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

    def _hold(self, marker: Path, place_id: str) -> None:
        self._let_go()
        try:
            descriptor = os.open(marker, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            raise away(self.folder, place_id) from None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise away(self.folder, place_id)
        try:
            fcntl.flock(
                descriptor, (fcntl.LOCK_SH if self._shared else fcntl.LOCK_EX) | fcntl.LOCK_NB
            )
        except BlockingIOError:
            os.close(descriptor)
            raise AlreadyRunning(
                f"Another carelay server is using the recordings in {self.folder}; only one may."
            ) from None
        except OSError:
            os.close(descriptor)
            raise
        self._descriptor = descriptor


def marker_id(folder: Path) -> str | None:
    """Whose recordings they are, for who holds nothing. Raises OSError."""
    try:
        return (folder / MARKER).read_bytes()[:MAX_ID].decode(errors="replace").strip()
    except FileNotFoundError:
        return None


def away(folder: Path, place_id: str) -> RecordingsAway:
    holds = f" that holds {place_id}" if place_id else ""
    return RecordingsAway(
        f"The folder {folder} is not where the recordings are: it has no file {MARKER}{holds}. "
        "Mount their volume there."
    )


def make_marker(marker: Path, place_id: str) -> None:
    """Durable, and whole or not there; the one that is there first stays. Raises OSError."""
    create_private_folder(marker.parent)
    temporary = marker.with_name(f"{MARKER}.{secrets.token_hex(4)}")
    descriptor = create_private(temporary)
    try:
        write_all(descriptor, f"{place_id}\n".encode())
        os.fsync(descriptor)
        _name(temporary, marker)
    finally:
        os.close(descriptor)
        temporary.unlink(missing_ok=True)
    sync_folder(marker.parent)


def _name(temporary: Path, marker: Path) -> None:
    try:
        os.link(temporary, marker)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        temporary.replace(marker)
