"""Makes a bundle of files that can be read twice: once to know them, once to write them.

So the manifest stands in front, nothing has to be changed that was written, and the archive can go
to whatever takes bytes one after the other. Blocking.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from zlib import crc32

from storage.bundle.layout import Entry, layout
from storage.bundle.manifest import MANIFEST, NOTE, BundledFile, Manifest
from storage.errors import DamagedPart


@dataclass(frozen=True)
class Source:
    """A file that is to be in a bundle."""

    path: str
    pieces: Callable[[], Iterator[bytes]]
    """The same bytes each time."""


@dataclass(frozen=True)
class Measured:
    """A source that was read to its end."""

    source: Source
    file: BundledFile
    crc: int

    @property
    def entry(self) -> Entry:
        return Entry(self.file.path, self.file.size, self.crc)


def text(path: str, data: bytes) -> Source:
    """A file that is in memory."""
    return Source(path, lambda: iter((data,)))


def measure(source: Source, told: Callable[[int], None] = lambda _: None) -> Measured:
    """Reads all of it; `told` hears of how many bytes. Raises what reading it raises."""
    digest, crc, size = sha256(), 0, 0
    for piece in source.pieces():
        digest.update(piece)
        crc, size = crc32(piece, crc), size + len(piece)
        told(len(piece))
    file = BundledFile(path=source.path, size=size, sha256=digest.hexdigest())
    return Measured(source, file, crc)


def archive(manifest: Manifest, note: bytes, files: Sequence[Measured]) -> Iterator[bytes]:
    """The bytes of the bundle, in pieces. Raises DamagedPart if a file is not any more what was
    measured.
    """
    ahead = [measure(text(MANIFEST, manifest.data)), measure(text(NOTE, note))]
    everything = [*ahead, *files]
    made = layout([one.entry for one in everything], manifest.at)
    for header, one in zip(made.headers, everything, strict=True):
        yield header
        yield from _unchanged(one)
    yield made.directory


def _unchanged(one: Measured) -> Iterator[bytes]:
    digest, size = sha256(), 0
    for piece in one.source.pieces():
        digest.update(piece)
        size += len(piece)
        yield piece
    if (size, digest.hexdigest()) != (one.file.size, one.file.sha256):
        raise DamagedPart(f"{one.file.path} was changed while it was exported.")
