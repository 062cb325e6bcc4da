"""Room that recordings leave free on their disk.

Where the database lies on the same disk, a recording would otherwise take the last of it, and
neither a sign-in nor a consent that is withdrawn could be written. Blocking.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from storage.errors import NoRoom

ENOUGH_AGAIN = 1.25
"""Times the reserve; a recording that came and went at its edge would be all gaps."""


def free_bytes(folder: Path) -> int:
    """Of the disk that the folder is on, for this user."""
    return shutil.disk_usage(folder).free


class Space:
    """The disk of one folder."""

    def __init__(
        self, folder: Path, reserve_bytes: int, spool: Callable[[], None] | None = None
    ) -> None:
        """`spool` raises NoRoom where too much of it waits to be uploaded."""
        self._folder = folder
        self._spool = spool
        self._reserve = reserve_bytes
        self._full = False
        self.left: int | None = None
        """Bytes above the reserve when it was last asked; none before."""

    def require(self) -> None:
        """Raises NoRoom while less than the reserve is free, or too much waits to be uploaded, and
        OSError if that cannot be told.
        """
        free = free_bytes(self._folder)
        self.left = max(0, free - self._reserve)
        self._full = free < self._reserve * (ENOUGH_AGAIN if self._full else 1)
        if self._full:
            raise NoRoom(f"Only {free // 2**20} MB are free on the disk of the recordings.")
        if self._spool is not None:
            self._spool()
