"""Are the keys of the recordings those that they need?"""

import logging
from datetime import datetime
from typing import Literal

from signaling.config import Recording as Settings
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from storage import audit, properties, recording_keys, recordings
from storage.audit import AuditEvent
from storage.database import Database
from storage.errors import WrongKey
from storage.models import Recording
from storage.properties import RECORDING_KEY
from storage.vault.keys import KeyProvider
from storage.vault.keys.folder import KeyFolder
from storage.vault.keys.sealed import PublicKey, is_sealed
from storage.vault.keys.sealing import SealingKeys

log = logging.getLogger(__name__)


def open_keys(config: Settings) -> KeyProvider | None:
    """Those that are configured; none where nothing is recorded. Raises KeyFileError."""
    if not config.enabled:
        return None
    if config.keys == "file":
        return KeyFolder.load(config.key_file)
    earlier = KeyFolder.load(config.key_file) if config.key_file.exists() else None
    return SealingKeys(PublicKey.load(config.public_key_file), earlier)


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
    """Raises WrongKey if recordings exist that need another key file, or new ones would.

    A server that seals can do without: what it cannot open, it need not.
    """
    if is_sealed(keys.key_id):
        return
    async with database.reading() as tx:
        current = await recording_keys.current(tx)
    for needed in (current, await key_id_in_use(database)):
        if needed is None or is_sealed(needed) or await keys.holds(needed):
            continue
        raise WrongKey(
            f"The recordings in the database need key {needed}, but the key file "
            f"holds {keys.key_id}; put the right key file back (recording.key_file)."
        )


async def settle_keys(database: Database, keys: KeyProvider, now: datetime) -> None:
    """A server starts: from now on new recordings are sealed if it says so, or no more.

    Which of several key files it is is not told by a start, but by a rotation. Raises WrongKey.
    """
    await refuse_wrong_key(database, keys)
    async with database.transaction() as tx:
        current = await recording_keys.current(tx)
        if current in {None, keys.key_id}:
            return
        if not (is_sealed(current or "") or is_sealed(keys.key_id)):
            return
        await properties.put(tx, RECORDING_KEY, keys.key_id)
        detail = {"old_key": current, "new_key": keys.key_id}
        await audit.append(tx, entry("key.changed", now, None, detail=detail))
    log.warning("new recordings are wrapped by key %s, no more by %s", keys.key_id, current)
