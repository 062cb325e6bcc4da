"""One encrypted part on disk while it is written, and its tail.

Blocking; every method may raise OSError.
"""

import os
from contextlib import suppress
from pathlib import Path

from cryptography.cobblestone import Cobblestone256Encryptor

from storage.vault.cobblestone import CHUNK_SIZE, SALT_SIZE
from storage.vault.container import HEADER_SIZE, PartIdentity
from storage.vault.files import create_private, mark_written, sync_folder, write_all
from storage.vault.tail import TailCipher, TailRecord


def tail_name(name: str) -> str:
    return f"{name}.tail"


def tail_path(path: Path) -> Path:
    return path.with_name(tail_name(path.name))


class PartFile:
    """Append plaintext, sync now and then, finish.

    After an OSError only `abandon` is left, then recovery.
    """

    def __init__(self, path: Path, data_key: bytes, identity: PartIdentity) -> None:
        self.size = 0
        """Plaintext bytes appended so far."""
        self._path = path
        self._encryptor = Cobblestone256Encryptor(data_key, identity.header())
        self._unsealed = bytearray()  # the plaintext of the unfinished chunk
        self._sealed_size = 0  # plaintext bytes in chunks that are synced
        self._synced_size = 0  # plaintext bytes that are synced, in chunks or in the tail
        start = identity.header() + self._encryptor.update(b"")
        self._tail_cipher = TailCipher(data_key, start[: HEADER_SIZE + SALT_SIZE])
        self._file = create_private(path)
        mark_written(self._file)
        self._tail = -1
        try:
            write_all(self._file, start)
            os.fsync(self._file)
            sync_folder(path.parent)
        except OSError:
            self.abandon()
            path.unlink()  # it holds nothing, and would stop another attempt
            raise

    def append(self, data: bytes) -> None:
        """Chunks reach the file as they fill."""
        self.size += len(data)
        unsealed = self.size % CHUNK_SIZE
        if unsealed > len(data):
            self._unsealed += data
        else:
            self._unsealed = bytearray(data[len(data) - unsealed :])
        write_all(self._file, self._encryptor.update(data))

    def sync(self) -> None:
        """From now on a power cut spares everything appended so far."""
        sealed_size = self.size - len(self._unsealed)
        if sealed_size > self._sealed_size:
            os.fdatasync(self._file)
            self._empty_tail()
            self._sealed_size = sealed_size
        start = max(self._synced_size, sealed_size)
        if self.size > start:
            self._append_to_tail(TailRecord(start, bytes(self._unsealed[start - sealed_size :])))
        self._synced_size = self.size

    def finish(self) -> None:
        """Write the last chunk: the file is complete and durable, the tail gone."""
        write_all(self._file, self._encryptor.finalize())
        os.fsync(self._file)
        self.abandon()
        tail_path(self._path).unlink(missing_ok=True)
        sync_folder(self._path.parent)

    def abandon(self) -> None:
        """Close the files as they are."""
        for descriptor in (self._file, self._tail):
            if descriptor >= 0:
                # Nothing is left to be told: what matters was synced or has failed before.
                with suppress(OSError):
                    os.close(descriptor)
        self._file = self._tail = -1

    def _empty_tail(self) -> None:
        """Its bytes are in chunks that were just synced."""
        if self._tail >= 0:
            os.ftruncate(self._tail, 0)
            os.lseek(self._tail, 0, os.SEEK_SET)

    def _append_to_tail(self, record: TailRecord) -> None:
        if self._tail < 0:
            self._tail = create_private(tail_path(self._path))
            sync_folder(self._path.parent)
        write_all(self._tail, self._tail_cipher.seal(record))
        os.fdatasync(self._tail)
