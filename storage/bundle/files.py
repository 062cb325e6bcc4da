"""Reads the files of a bundle: from the archive, or from the folder that it was unpacked to.

Blocking. What a file holds is unproved until `check` has looked at all of it.
"""

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from storage.bundle.layout import Entry, first_entry, layout
from storage.bundle.manifest import MANIFEST, MOST_BYTES, NOTE, Manifest, parse
from storage.errors import DamagedPart, InvalidExport
from storage.vault.files import open_regular
from storage.vault.objects import StoredObject
from storage.vault.objects.local import LocalFile

PIECE = 2**20
_DEBRIS = re.compile(r"(^|/)(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*)$")
"""Left by the systems that folders are looked at with."""


class BundleFiles(ABC):
    """The files of a bundle by their paths in its manifest. Close it."""

    manifest_data: bytes
    manifest: Manifest

    @abstractmethod
    def open(self, path: str) -> StoredObject:
        """Raises FileNotFoundError, DamagedPart, OSError."""

    @abstractmethod
    def strange(self) -> Sequence[str]:
        """Paths of what lies beside the files of the bundle, and proves nothing."""

    @abstractmethod
    def close(self) -> None:
        """It is read no more."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def opened(path: Path) -> BundleFiles:
    """Raises InvalidExport, OSError."""
    if path.is_dir():
        return Folder(path)
    try:
        return Archive(open_regular(path))
    except DamagedPart as error:
        raise InvalidExport(f"{path}: {error}") from None


def pieces(stored: StoredObject) -> Iterator[bytes]:
    """All of it, which is closed at the end."""
    try:
        offset = 0
        while piece := stored.read(offset, PIECE):
            yield piece
            offset += len(piece)
    finally:
        stored.close()


def content(files: BundleFiles, path: str) -> bytes:
    """Of a file that is known to be short. Raises as `BundleFiles.open`."""
    return b"".join(pieces(files.open(path)))


class Folder(BundleFiles):
    """What somebody has unpacked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.manifest_data = content(self, MANIFEST)
        except FileNotFoundError:
            raise InvalidExport(
                f"There is no {MANIFEST} in {folder}: it is not a whole bundle."
            ) from None
        except DamagedPart as error:
            raise InvalidExport(f"{folder / MANIFEST}: {error}") from None
        self.manifest = parse(self.manifest_data)

    def open(self, path: str) -> StoredObject:
        """See BundleFiles."""
        return LocalFile(self.folder / path)

    def strange(self) -> Sequence[str]:
        """See BundleFiles."""
        ours = {MANIFEST, NOTE, *(file.path for file in self.manifest.files)}
        there = (each for each in self.folder.rglob("*") if each.is_symlink() or not each.is_dir())
        names = sorted(each.relative_to(self.folder).as_posix() for each in there)
        return [name for name in names if name not in ours and not _DEBRIS.search(name)]

    def close(self) -> None:
        """Nothing is open."""


class Archive(BundleFiles):
    """As the server made it: where its files are follows from the manifest, the first of them."""

    def __init__(self, file: int) -> None:
        """Raises InvalidExport, and closes the descriptor then."""
        self._file = file
        try:
            self.manifest_data = self._first()
            self.manifest = parse(self.manifest_data)
            begin = self._header_end(MANIFEST) + len(self.manifest_data)
            self.sizes = {
                MANIFEST: len(self.manifest_data),
                NOTE: self._size_at(begin, NOTE),
                **{file.path: file.size for file in self.manifest.files},
            }
        except BaseException:
            os.close(file)
            raise
        made = layout([Entry(*one, 0) for one in self.sizes.items()], self.manifest.at)
        self.offsets = dict(zip(self.sizes, made.offsets, strict=True))

    @property
    def size(self) -> int:
        """Of the whole archive."""
        return os.fstat(self._file).st_size

    def open(self, path: str) -> StoredObject:
        """See BundleFiles."""
        if path not in self.sizes:
            raise FileNotFoundError(path)
        return _Member(self._file, self.offsets[path], self.sizes[path])

    def strange(self) -> Sequence[str]:
        """See BundleFiles: a byte more would be one that was changed."""
        return ()

    def read(self, offset: int, length: int) -> bytes:
        """Of the archive itself."""
        return os.pread(self._file, length, offset)

    def close(self) -> None:
        os.close(self._file)

    def _first(self) -> bytes:
        size = self._size_at(0, MANIFEST)
        if size > MOST_BYTES:
            raise InvalidExport(f"Its {MANIFEST} is too long.")
        return self.read(self._header_end(MANIFEST), size)

    def _size_at(self, place: int, name: str) -> int:
        found = first_entry(self.read(place, self._header_end(name)))
        if found is None or found[0] != name:
            raise InvalidExport(
                f"It is not the archive of a bundle as the server made it: there is no {name} at "
                f"byte {place}. Unpack one that another program has made, and name the folder."
            )
        return found[1]

    @staticmethod
    def _header_end(name: str) -> int:
        return 30 + len(name)


class _Member:
    """A stored file of an archive."""

    def __init__(self, file: int, offset: int, size: int) -> None:
        self._file = file
        self._offset = offset
        self.size = size

    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self._file, min(length, self.size - offset), self._offset + offset)

    def forget(self) -> None:
        """See StoredObject: nothing is kept."""

    def close(self) -> None:
        """The archive stays open."""
