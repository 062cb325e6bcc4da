"""How much of a folder waits for the bucket, and how much may. Blocking."""

from collections.abc import Iterable
from pathlib import Path

from storage.errors import NoRoom
from storage.vault.space import ENOUGH_AGAIN


class Spool:
    """Files are measured, not counted from the database: those that are written grow."""

    def __init__(self, folder: Path, most_bytes: int = 0) -> None:
        """`most_bytes`: none are all that the disk has, but for its reserve."""
        self.paths: Iterable[str] = ()
        """Relative to the folder; kept up to date by who uploads."""
        self._folder = folder
        self._most = most_bytes
        self._full = False

    def size(self) -> int:
        return sum(_size(self._folder / path) for path in self.paths)

    def require(self) -> None:
        """Raises NoRoom while it is full."""
        if not self._most:
            return
        size = self.size()
        self._full = size >= self._most / (ENOUGH_AGAIN if self._full else 1)
        if self._full:
            raise NoRoom(
                f"{size // 2**20} MB of recordings wait for the object store, which does not take "
                f"them; {self._most // 2**20} may (objects.spool_gb)."
            )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
