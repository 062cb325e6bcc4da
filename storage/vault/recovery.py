"""Seals what a killed server left of a part. Blocking, a chunk at a time: call it in a thread.

A torn file is never written to: encrypting its unfinished chunk again would reuse a nonce. Its authenticated bytes go
into a new file with a new salt, which takes its name once it is durable; killed half-way, recovery just starts again.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from storage.errors import DamagedPart
from storage.vault.cobblestone import SALT_SIZE
from storage.vault.container import HEADER_SIZE, PartIdentity, open_message
from storage.vault.files import sync_folder
from storage.vault.partfile import PartFile, tail_path
from storage.vault.reader import PartReader
from storage.vault.tail import TailCipher


@dataclass(frozen=True)
class RecoveredPart:
    size_bytes: int
    """Of the plaintext."""
    was_sealed: bool
    """The file was complete; nothing was changed."""


def recover(path: Path, data_key: bytes, identity: PartIdentity) -> RecoveredPart:
    """Afterwards `path` is a sealed part that holds the authenticated beginning of what it held before.

    Raises WrongKey, DamagedPart (not even the header is whole: nothing can be saved), FileNotFoundError, and OSError
    if the disk has no room for the copy. After an error the files are as they were.
    """
    with suppress(DamagedPart), PartReader(path, data_key, identity) as reader:
        tail_path(path).unlink(missing_ok=True)
        return RecoveredPart(reader.size, was_sealed=True)
    return RecoveredPart(_seal_again(path, data_key, identity), was_sealed=False)


def _seal_again(path: Path, data_key: bytes, identity: PartIdentity) -> int:
    copy = path.with_name(path.name + ".recovering")
    with path.open("rb") as torn:
        message = open_message(data_key, identity, lambda offset, length: os.pread(torn.fileno(), length, offset))
        tail = TailCipher(data_key, os.pread(torn.fileno(), HEADER_SIZE + SALT_SIZE, 0))
        copy.unlink(missing_ok=True)  # of a recovery that was itself killed
        sealed = PartFile(copy, data_key, identity)
        try:
            for chunk in message.authentic_chunks():
                sealed.append(chunk)
            for record in tail.open_all(_tail_content(path)):
                if record.offset <= sealed.size:
                    sealed.append(record.data[sealed.size - record.offset :])
            sealed.finish()
        except OSError:
            sealed.abandon()
            copy.unlink()
            raise
    copy.replace(path)
    sync_folder(path.parent)
    tail_path(path).unlink(missing_ok=True)
    return sealed.size


def _tail_content(path: Path) -> bytes:
    try:
        return tail_path(path).read_bytes()
    except FileNotFoundError:
        return b""
