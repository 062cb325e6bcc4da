"""Is the key of the recordings the one that they need?"""

from storage import recording_keys, recordings
from storage.database import Database
from storage.errors import WrongKey
from storage.vault.keys import KeyProvider


async def key_id_in_use(database: Database) -> str | None:
    """Which key the newest recording needs; none without recordings."""
    async with database.reading() as tx:
        newest = await recordings.newest(tx)
    return newest.key_id if newest else None


async def refuse_wrong_key(database: Database, keys: KeyProvider) -> None:
    """Raises WrongKey if recordings exist that need another key, or new ones would."""
    async with database.reading() as tx:
        current = await recording_keys.current(tx)
    for needed in (current, await key_id_in_use(database)):
        if needed is not None and not await keys.holds(needed):
            raise WrongKey(
                f"The recordings in the database need key {needed}, but the key file "
                f"holds {keys.key_id}; put the right key file back (recording.key_file)."
            )
