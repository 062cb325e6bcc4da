"""Reads a sealed part at any position; every byte handed out was authenticated.

Blocking: call it in a thread.
"""

from collections.abc import Iterator
from functools import lru_cache
from types import TracebackType
from typing import Self

from storage.vault.cobblestone import CHUNK_SIZE
from storage.vault.container import HEADER_SIZE, PartIdentity, open_message
from storage.vault.objects import StoredObject

CACHED_CHUNKS = 8  # 128 KiB: players ask for neighbouring ranges again and again


class PartReader:
    """One open object, which it closes; threads may share it.

    Raises DamagedPart or WrongKey on construction.
    """

    def __init__(self, stored: StoredObject, data_key: bytes, identity: PartIdentity) -> None:
        self._stored = stored
        try:
            message = open_message(data_key, identity, stored.read)
            self.size = message.size(stored.size - HEADER_SIZE)
            """Plaintext bytes."""
        except BaseException:
            stored.close()
            raise
        self._chunk = lru_cache(CACHED_CHUNKS)(message.chunk)

    def read(self, start: int, length: int) -> bytes:
        """Up to `length` bytes from `start`, fewer only at the end. Raises DamagedPart."""
        end = min(start + length, self.size)
        if not 0 <= start < end:
            return b""
        first, last = start // CHUNK_SIZE, (end - 1) // CHUNK_SIZE
        joined = b"".join(self._chunk(index) for index in range(first, last + 1))
        return joined[start - first * CHUNK_SIZE : end - first * CHUNK_SIZE]

    def chunks(self) -> Iterator[bytes]:
        """The whole plaintext, a chunk at a time. Raises DamagedPart."""
        for start in range(0, self.size, CHUNK_SIZE):
            yield self._chunk(start // CHUNK_SIZE)

    def close(self) -> None:
        self._stored.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
