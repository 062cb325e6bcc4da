"""What is played of a part, as a file that can be read at any place. Blocking."""

from storage.vault.reader import PartReader
from storage.vault.seekable import Seekable


class PlayableStream(Seekable):
    """The seek header, then the decrypted file from `body_offset` on. Closes its reader.

    Raises DamagedPart, OSError, StoreAway as it is read.
    """

    def __init__(self, reader: PartReader, seek_header: bytes = b"", body_offset: int = 0) -> None:
        super().__init__(size=len(seek_header) + reader.size - body_offset)
        self._reader = reader
        self._head = seek_header
        self._body = body_offset

    def read_at(self, start: int, length: int) -> bytes:
        """Up to so many bytes from there on, fewer only at the end. Threads may share it."""
        head = self._head[start : start + length]
        begin = self._body + max(0, start - len(self._head))
        return head + self._reader.read(begin, length - len(head))

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        found = self.read_at(self._place, len(buffer))
        buffer[: len(found)] = found
        self._place += len(found)
        return len(found)

    def close(self) -> None:
        if not self.closed:
            self._reader.close()
        super().close()
