"""Where the keys of recordings come from, and whether it is where they came from before."""

from typing import Protocol

from storage import recordings
from storage.database import Database
from storage.errors import WrongKey
from storage.vault.keys import DataKey


class KeyProvider(Protocol):
    """Wraps the data key of each recording.

    A key file does so at once, a service over a network would not: so nobody asks it within a
    database transaction.
    """

    @property
    def key_id(self) -> str:
        """Which key wraps those of new recordings; up to 16 characters."""

    async def new_data_key(self, recording_id: str) -> tuple[DataKey, bytes]:
        """With what of it may be stored, bound to the recording and to the version of the key."""

    async def unwrap(self, wrapped: bytes, recording_id: str) -> DataKey:
        """What was stored for that recording, opened. Raises WrongKey."""


async def key_id_in_use(database: Database) -> str | None:
    """Which key the newest recording needs; none without recordings."""
    async with database.reading() as tx:
        newest = await recordings.newest(tx)
    return newest.key_id if newest else None


async def refuse_wrong_key(database: Database, keys: KeyProvider) -> None:
    """Raises WrongKey if recordings exist that need another key."""
    needed = await key_id_in_use(database)
    if needed not in {None, keys.key_id}:
        raise WrongKey(
            f"The recordings in the database need key {needed}, but the key file "
            f"holds {keys.key_id}; put the right key file back (recording.key_file)."
        )
