"""Is the key of the recordings the one that they need?"""

from datetime import datetime
from typing import Literal

from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from storage import recording_keys, recordings
from storage.audit import AuditEvent
from storage.database import Database
from storage.errors import WrongKey
from storage.models import Recording
from storage.vault.keys import KeyProvider

KeyPurpose = Literal["recording", "judging", "playback", "download", "recovery"]
"""What a data key is used for."""


def key_used(
    at: datetime, by: Actor | None, recording: Recording, purpose: KeyPurpose
) -> AuditEvent:
    """The key of a recording was made or unwrapped, for the audit log."""
    detail = {"key_id": recording.key_id, "purpose": purpose}
    return entry("key.used", at, by, recording_id=recording.id, detail=detail)


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
