"""Ranges of an object far away, each fetched once and a little further than it was asked for.

A player that seeks waits for one small range; one that goes on is served from what was fetched with
the range before.
"""

import threading
from collections import deque
from collections.abc import Callable

JUMP_BYTES = 128 * 1024
MOST_BYTES = 2 * 1024 * 1024
"""A second of eight cameras; more would only delay whoever shares the connection."""
KEPT = 4
"""Ranges: browsers read the beginning, the place they are at, and sometimes the end."""


class Ahead:
    """One object's, for any thread."""

    def __init__(self, fetch: Callable[[int, int], bytes], size: int, first: bytes = b"") -> None:
        """`fetch` gets offset and length; `first` are bytes of the beginning, if any are known."""
        self._fetch = fetch
        self._size = size
        self._kept = deque([(0, first)] if first else [], KEPT)
        self._lock = threading.Lock()

    def read(self, offset: int, length: int) -> bytes:
        """Fewer bytes only at the end of the object. Raises what `fetch` raises."""
        end = min(offset + length, self._size)
        if offset >= end:
            return b""
        with self._lock:
            for start, data in self._kept:
                if start <= offset and end <= start + len(data):
                    return data[offset - start : end - start]
            wanted = min(max(end - offset, self._ahead(offset)), self._size - offset)
            data = self._fetch(offset, wanted)
            self._kept.append((offset, data))
        return data[: end - offset]

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()

    def _ahead(self, offset: int) -> int:
        """More each time that it goes on where it ended."""
        before = [len(data) for start, data in self._kept if start <= offset <= start + len(data)]
        return min(MOST_BYTES, 2 * max(before)) if before else JUMP_BYTES
