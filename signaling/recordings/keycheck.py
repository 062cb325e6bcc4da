"""Whether a key file is the one that the recordings in the database were made with."""

from storage import recordings
from storage.database import Database
from storage.errors import WrongKey
from storage.vault.keys import KeyFile


async def key_id_in_use(database: Database) -> str | None:
    """Which key the newest recording needs; none without recordings."""
    async with database.reading() as tx:
        newest = await recordings.newest(tx)
    return newest.key_id if newest else None


async def refuse_wrong_key(database: Database, key: KeyFile) -> None:
    """Raises WrongKey if recordings exist that need another key."""
    needed = await key_id_in_use(database)
    if needed not in {None, key.key_id}:
        raise WrongKey(
            f"The recordings in the database need key {needed}, but the key file "
            f"holds {key.key_id}; put the right key file back (recording.key_file)."
        )
