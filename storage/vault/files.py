"""Files and folders that only the server's own user may open, made durable."""

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from storage.errors import (
    AlreadyRunning,
    DamagedPart,
    KeyFileError,
    KeyFileIsOpen,
    PartStillWritten,
)

MAX_SECRET_SIZE = 16 * 1024


def create_private(path: Path) -> int:
    """A new file for writing, mode 0600, in a folder of mode 0700.

    Raises FileExistsError rather than overwrite.
    """
    create_private_folder(path.parent)
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def open_regular(path: Path, flags: int = os.O_RDONLY) -> int:
    """Raises DamagedPart for what is not a file: a FIFO in its place would never come to an end,
    and a link would lead to a file that somebody else chose.
    """
    try:
        descriptor = os.open(path, flags | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise DamagedPart("There is a link in place of a file.") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise DamagedPart("There is something else in place of a file.")
    return descriptor


def mark_written(descriptor: int) -> None:
    """Until it is closed, or the process ends, recovery leaves the file alone."""
    with suppress(OSError):  # the file is new, so that only a file system without locks refuses
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def refuse_if_written(descriptor: int) -> None:
    """Raises PartStillWritten."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise PartStillWritten("The part is still being written.") from None
    except OSError:
        return  # a file system without locks


def stays_inside(name: str) -> bool:
    """Whether a name that is relative to a folder leads to something within it."""
    return not Path(name).is_absolute() and ".." not in Path(name).parts and Path(name).name != ""


def create_private_folder(path: Path) -> None:
    """With its missing ancestors; a folder that exists keeps its mode."""
    if path.is_dir():
        return
    create_private_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """A new, renamed or removed name survives a power cut only once its folder is synced."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """os.write may write less than it was given, in particular when the disk fills up."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def write_new(path: Path, content: bytes) -> None:
    """A secret in a file of its own, mode 0600. Raises FileExistsError, OSError."""
    descriptor = create_private(path)
    try:
        write_all(descriptor, content)
        os.fsync(descriptor)
    except OSError:
        path.unlink()  # half a key file would stop the next attempt
        raise
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def read_private(path: Path) -> bytes:
    """What is in a key file. Raises KeyFileError if it is open to others, OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise KeyFileError(f"The key file {path} is not a file.")
        if mode & 0o077:
            raise KeyFileIsOpen(
                f"The key file {path} is open to other users; run: chmod 600 {path}"
            )
        return os.read(descriptor, MAX_SECRET_SIZE + 1)
    finally:
        os.close(descriptor)


@contextmanager
def held_alone(folder: Path) -> Iterator[None]:
    """No other process is inside for this folder, which needs no file in it for that.

    Raises AlreadyRunning, OSError.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise AlreadyRunning(f"Another command is changing the keys in {folder}.") from None
    finally:
        os.close(descriptor)
