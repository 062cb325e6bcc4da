"""Where sealed parts are read from, and deleted. Blocking: call it in a thread.

A part that is still written is a local file, whatever the store is: it grows, is synced each second
and is recovered after a crash (`partfile.py`).
"""

from typing import Protocol


class StoredObject(Protocol):
    """One that is open for reading; threads may share it."""

    @property
    def size(self) -> int:
        """Bytes of ciphertext, header included."""

    def read(self, offset: int, length: int) -> bytes:
        """Fewer bytes only at the end. Raises OSError, StoreAway."""

    def forget(self) -> None:
        """What was read was not authentic: it is read anew, in case it suffered on its way."""

    def close(self) -> None:
        """Whoever opened it does so once."""


class ObjectStore(Protocol):
    """Holds sealed parts by their `recording_parts.path`: a `LocalFolder` or a `Bucket`."""

    def open(self, name: str) -> StoredObject:
        """Raises FileNotFoundError, OSError, StoreAway, or DamagedPart for what is no object of
        bytes.
        """

    def delete(self, name: str) -> None:
        """With what a crash left beside it; what is not there, is deleted. Raises OSError,
        StoreAway, and DamagedPart for what can be no name of one.
        """
