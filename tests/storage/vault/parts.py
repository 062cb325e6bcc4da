"""Encrypted parts to test with."""

import random
from dataclasses import dataclass
from pathlib import Path

from storage.vault.container import PartIdentity
from storage.vault.objects import LocalFile
from storage.vault.partfile import PartFile, tail_path
from storage.vault.reader import PartReader

KEY = bytes(range(32))
IDENTITY = PartIdentity("11" * 16, "22" * 16)


def noise(size: int, seed: int = 0) -> bytes:
    return random.Random(seed).randbytes(size)


def seal(path: Path, plaintext: bytes) -> Path:
    part = PartFile(path, KEY, IDENTITY)
    part.append(plaintext)
    part.finish()
    return path


def read_whole(path: Path) -> bytes:
    with PartReader(LocalFile(path), KEY, IDENTITY) as reader:
        return reader.read(0, reader.size)


@dataclass(frozen=True)
class Torn:
    """The two files of a part as a kill left them."""

    file: bytes
    tail: bytes

    def put(self, path: Path) -> Path:
        path.write_bytes(self.file)
        tail_path(path).write_bytes(self.tail)
        return path


def write_torn(path: Path, pieces: list[bytes], synced: int) -> Torn:
    """Append the pieces and sync after each of the first `synced`; then the server is killed."""
    path.unlink(missing_ok=True)
    part = PartFile(path, KEY, IDENTITY)
    for number, piece in enumerate(pieces):
        part.append(piece)
        if number < synced:
            part.sync()
    part.abandon()
    tail = tail_path(path)
    torn = Torn(path.read_bytes(), tail.read_bytes() if tail.exists() else b"")
    path.unlink()
    tail.unlink(missing_ok=True)
    return torn
