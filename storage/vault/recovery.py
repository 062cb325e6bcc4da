"""Seals what a killed server left of a part. Blocking, a chunk at a time: call it in a thread.

A torn file is never written to: encrypting its unfinished chunk again would reuse a nonce. Its
authenticated bytes go into a new file with a new salt, which takes its name once it is durable;
killed half-way, recovery just starts again.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from storage.errors import DamagedPart
from storage.vault.beginning import authentic_beginning
from storage.vault.container import PartIdentity
from storage.vault.files import open_regular, refuse_if_written, sync_folder
from storage.vault.objects import LocalFile
from storage.vault.partfile import PartFile, tail_path
from storage.vault.reader import PartReader


@dataclass(frozen=True)
class RecoveredPart:
    size_bytes: int
    """Of the plaintext."""
    was_sealed: bool
    """The file was complete; nothing was changed."""


def recover(path: Path, data_key: bytes, identity: PartIdentity, fence: int = 0) -> RecoveredPart:
    """Afterwards `path` is a sealed part
    that holds the authenticated beginning of what it held before.

    `fence` is that of the server: one that stood still and was taken for dead may go on at any
    time, and must not write into the copy that another one makes. Its own would hold the same.

    Raises WrongKey, DamagedPart (not even the header is whole: nothing can be saved),
    FileNotFoundError, PartStillWritten, and OSError if the disk has no room for the copy. After an
    error the files are as they were.
    """
    torn = open_regular(path, os.O_RDWR)
    try:
        # Held until the end: a writer's thread may hang for longer than its call.
        refuse_if_written(torn)
        with suppress(DamagedPart), PartReader(LocalFile(path), data_key, identity) as reader:
            tail_path(path).unlink(missing_ok=True)
            return RecoveredPart(reader.size, was_sealed=True)
        return RecoveredPart(_seal_again(path, torn, data_key, identity, fence), was_sealed=False)
    finally:
        os.close(torn)


def _seal_again(path: Path, torn: int, data_key: bytes, identity: PartIdentity, fence: int) -> int:
    copy = path.with_name(f"{path.name}.recovering-{fence}")
    beginning = authentic_beginning(
        data_key,
        identity,
        lambda offset, length: os.pread(torn, length, offset),
        tail_content(path),
    )
    first = list(islice(beginning, 1))  # raises before a file is made
    copy.unlink(missing_ok=True)  # of a recovery that was itself killed
    sealed = PartFile(copy, data_key, identity)
    try:
        for piece in chain(first, beginning):
            sealed.append(piece)
        sealed.finish()
    except OSError:
        sealed.abandon()
        copy.unlink()
        raise
    copy.replace(path)
    sync_folder(path.parent)
    tail_path(path).unlink(missing_ok=True)
    for left in path.parent.glob(f"{path.name}.recovering*"):  # of recoveries that were killed
        left.unlink(missing_ok=True)
    return sealed.size


def tail_content(path: Path) -> bytes:
    """Of the file beside a part; nothing where there is none, or something else in its place."""
    try:
        descriptor = open_regular(tail_path(path))
    except (FileNotFoundError, DamagedPart):
        return b""
    with open(descriptor, "rb") as file:  # noqa: PTH123  a descriptor, not a path
        return file.read()
