"""Where the keys of recordings are wrapped."""

from typing import Protocol

from storage.vault.keys.datakey import DataKey


class KeyProvider(Protocol):
    """Wraps the data key of each recording, by one of the keys that it holds.

    A key file does so at once, a service over a network would not: so nobody asks it within a
    database transaction.
    """

    @property
    def key_id(self) -> str:
        """Which key wraps new data keys where the database names none; up to 16 characters."""

    async def holds(self, key_id: str) -> bool:
        """Whether it has that key."""

    async def wrap(self, data_key: DataKey, recording_id: str, key_id: str) -> bytes:
        """What of it may be stored, bound to the recording and to the data key's version.

        Raises WrongKey if it does not have that key.
        """

    async def unwrap(self, wrapped: bytes, recording_id: str, key_id: str) -> DataKey:
        """What was stored for that recording, opened.

        Raises WrongKey, or KeyIsSealed where no server can open it.
        """
