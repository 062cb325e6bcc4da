"""The checkpoints that a server has published, one after the other in a file that only grows.

They are notes with an empty line between them. Whoever takes a copy elsewhere can prove later what
the log was; the server itself never signs anything that does not begin with the newest one here.
"""

import fcntl
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from storage.audit.checkpoint import Checkpoint, opened, split
from storage.audit.note import Verifier
from storage.errors import InvalidNote
from storage.vault.files import create_private_folder, write_all

_TAIL = 65_536


class CheckpointFile:
    """Blocking. Several servers may share one."""

    def __init__(self, path: Path, *keys: Verifier) -> None:
        self._path = path
        self._keys = keys

    def newest(self) -> Checkpoint | None:
        """The last one that is whole; what a power cut left is none. Raises OSError."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return None
        try:
            return self._newest(descriptor)
        finally:
            os.close(descriptor)

    def add(self, notes: Sequence[bytes]) -> None:
        """What is newer than all that is there. Raises OSError, InvalidNote."""
        create_private_folder(self._path.parent)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self._path, flags, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            newest = self._newest(descriptor)
            there = newest.size if newest else 0
            newer = [one for one in notes if opened(one, *self._keys).size > there]
            if newer:
                # after a note that a power cut tore, the next one begins with a line of its own
                begin = b"" if _ends_whole(descriptor) else b"\n\n"
                write_all(descriptor, begin + b"".join(one + b"\n" for one in newer))
                os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _newest(self, descriptor: int) -> Checkpoint | None:
        length = os.fstat(descriptor).st_size
        data = os.pread(descriptor, _TAIL, max(0, length - _TAIL))
        for piece in reversed(list(split(data))):
            with suppress(InvalidNote):
                return opened(piece, *self._keys)
        return None


def _ends_whole(descriptor: int) -> bool:
    length = os.fstat(descriptor).st_size
    return length == 0 or os.pread(descriptor, 2, max(0, length - 2)) == b"\n\n"
