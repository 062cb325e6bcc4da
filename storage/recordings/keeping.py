"""Where the file of a part is read from: this server's folder, the bucket, or neither. Blocking."""

from collections.abc import Callable
from pathlib import Path

from storage.errors import NotUploaded, StoreAway
from storage.models import RecordingPart
from storage.vault.objects import LocalFolder, StoredObject
from storage.vault.objects.bucket import Bucket
from storage.vault.partfile import tail_name


class Keeping:
    """`place_id` tells what the marker of the folder holds."""

    def __init__(
        self, folder: Path, bucket: Bucket | None, place_id: Callable[[], str | None]
    ) -> None:
        self.folder = folder
        self.bucket = bucket
        self._local = LocalFolder(folder)
        self._place_id = place_id

    def is_here(self, part: RecordingPart) -> bool:
        """Whether this folder is the one that may have its file."""
        if part.place_id is None:
            return part.kept == "folder"
        return part.place_id == self._place_id()

    def open(self, part: RecordingPart) -> StoredObject:
        """Raises FileNotFoundError, DamagedPart, OSError, StoreAway, NotUploaded."""
        return self._open(part, part.path)

    def tail(self, part: RecordingPart) -> bytes:
        """Of a part that was never finished; nothing where there is none. Raises as `open`."""
        try:
            stored = self._open(part, tail_name(part.path))
        except FileNotFoundError:
            return b""
        try:
            return stored.read(0, stored.size)
        finally:
            stored.close()

    def delete_here(self, part: RecordingPart) -> None:
        """From the folder. Raises OSError, DamagedPart."""
        self._local.delete(part.path)

    def delete_there(self, part: RecordingPart) -> None:
        """From the bucket. Raises StoreAway, DamagedPart."""
        self._bucket().delete(part.path)

    def _open(self, part: RecordingPart, name: str) -> StoredObject:
        """The row may be a moment old: what is not here any more, is there by now."""
        if self.is_here(part):
            try:
                return self._local.open(name)
            except FileNotFoundError:
                if self.bucket is None:
                    raise
        elif part.kept != "bucket":
            raise NotUploaded(part.node_id)
        return self._bucket().open(name)

    def _bucket(self) -> Bucket:
        if self.bucket is None:
            raise StoreAway(
                "Recordings are in a bucket, and objects.bucket names none: put [objects] back."
            )
        return self.bucket
