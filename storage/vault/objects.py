"""Where sealed parts are read from. Blocking: call it in a thread.

A part that is still written is a local file, whatever the store is: it grows, is synced each second
and is recovered after a crash (`partfile.py`). The one store that there is reads it where it lies.
"""

import os
from pathlib import Path
from typing import Protocol

from storage.vault.files import open_regular


class StoredObject(Protocol):
    """One that is open for reading; threads may share it."""

    @property
    def size(self) -> int:
        """Bytes of ciphertext, header included."""

    def read(self, offset: int, length: int) -> bytes:
        """Fewer bytes only at the end. Raises OSError."""

    def close(self) -> None:
        """Whoever opened it does so once."""


class ObjectStore(Protocol):
    """Holds sealed parts by their `recording_parts.path`. The one there is: `LocalFolder`."""

    def open(self, name: str) -> StoredObject:
        """Raises FileNotFoundError, OSError, or DamagedPart for what is no object of bytes."""


class LocalFile:
    """An object that is a file. Raises FileNotFoundError, DamagedPart, OSError on construction."""

    def __init__(self, path: Path) -> None:
        self._file = open_regular(path)

    @property
    def size(self) -> int:
        return os.fstat(self._file).st_size

    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self._file, length, offset)

    def close(self) -> None:
        os.close(self._file)


class LocalFolder:
    """The folder that parts are written to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, name: str) -> LocalFile:
        """See ObjectStore."""
        return LocalFile(self._folder / name)
