"""Objects that are files in a folder: where every part is written, and where it stays unless there
is a bucket. Blocking.
"""

import glob
import os
from contextlib import suppress
from pathlib import Path

from storage.errors import DamagedPart
from storage.vault.files import open_regular, stays_inside, sync_folder
from storage.vault.partfile import tail_path


class LocalFile:
    """An object that is a file. Raises FileNotFoundError, DamagedPart, OSError on construction."""

    def __init__(self, path: Path) -> None:
        self._file = open_regular(path)

    @property
    def size(self) -> int:
        return os.fstat(self._file).st_size

    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self._file, length, offset)

    def forget(self) -> None:
        """See StoredObject: nothing is kept."""

    def close(self) -> None:
        os.close(self._file)


class LocalFolder:
    """The folder that parts are written to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, name: str) -> LocalFile:
        """See ObjectStore."""
        return LocalFile(self._folder / name)

    def delete(self, name: str) -> None:
        """See ObjectStore: its tail and the copies of recoveries, too, and a folder that is empty
        then.
        """
        if not stays_inside(name):  # it is from the database, which somebody else may have written
            raise DamagedPart("There is no part of this name.")
        path = self._folder / name
        if not path.parent.is_dir():
            return
        for left in (
            path,
            tail_path(path),
            *path.parent.glob(f"{glob.escape(path.name)}.recovering*"),
        ):
            left.unlink(missing_ok=True)
        sync_folder(path.parent)
        with suppress(OSError):  # it holds other parts
            path.parent.rmdir()
