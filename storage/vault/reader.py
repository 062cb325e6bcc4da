"""Reads a sealed part at any position; every byte handed out was authenticated.

Blocking: call it in a thread.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from types import TracebackType
from typing import Self, TypeVar

from storage.errors import DamagedPart, WrongKey
from storage.vault.cobblestone import CHUNK_SIZE
from storage.vault.container import HEADER_SIZE, PartIdentity, open_message
from storage.vault.objects import StoredObject

T = TypeVar("T")

CACHED_CHUNKS = 8  # 128 KiB: players ask for neighbouring ranges again and again


class PartReader:
    """One open object, which it closes; threads may share it.

    Raises DamagedPart or WrongKey on construction.
    """

    def __init__(self, stored: StoredObject, data_key: bytes, identity: PartIdentity) -> None:
        self._stored = stored
        try:
            self._message = self._twice(lambda: open_message(data_key, identity, stored.read))
            self.size = self._twice(lambda: self._message.size(stored.size - HEADER_SIZE))
            """Plaintext bytes."""
        except BaseException:
            stored.close()
            raise
        self._chunk = lru_cache(CACHED_CHUNKS)(self._read_chunk)

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

    def _read_chunk(self, index: int) -> bytes:
        return self._twice(lambda: self._message.chunk(index))

    def _twice(self, read: Callable[[], T]) -> T:
        """What was changed on its way from a bucket is still right there."""
        try:
            return read()
        except (DamagedPart, WrongKey):
            self._stored.forget()
            return read()

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
