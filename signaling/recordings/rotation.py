"""Exchanges the key that wraps those of all recordings, beside running servers; media stay as they
are.

Each step can be taken twice: where one was killed, the next `carelay keys rotate` goes on.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from signaling.kernel.auditing import entry
from storage import audit, recording_keys
from storage.audit import Detail
from storage.database import Database
from storage.errors import WrongKey
from storage.recording_keys import Rotation, WrappedKey
from storage.vault.keys import KeyProvider
from storage.vault.keys.folder import KeyFolder

log = logging.getLogger(__name__)

BATCH = 200
"""Recordings in a transaction, which holds up others for some milliseconds."""


@dataclass
class Rotated:
    """What came of it."""

    old: str
    """Key ids."""
    new: str
    recordings: int = 0
    """That were rewrapped, before a kill as well."""
    closed: list[str] = field(default_factory=list)
    """One line each for recordings that opened with no key that is here, as before."""


async def rotate_all(
    database: Database,
    folder: KeyFolder,
    now: Callable[[], datetime],
    keys: KeyProvider | None = None,
    batch: int = BATCH,
) -> Rotated:
    """Begin, or go on with, a rotation; afterwards the key file is the new key, and no recording
    needs the one before.

    The caller holds the folder of the keys; `keys`, if given, opens recordings that no key file
    does. Raises WrongKey where the key to rotate to is not here, KeyFileError, KeyServiceAway,
    DatabaseUnavailable.
    """
    async with database.reading() as tx:
        rotation = await recording_keys.unfinished(tx)
    if rotation is None:
        new = folder.next_key() or folder.make_next()
        rotation = await _begin(database, folder.key_id, new.key_id, now())
    elif not await folder.holds(rotation.new):
        raise WrongKey(
            f"A rotation to key {rotation.new} was begun, but that key is not here: put its file "
            f"back as {folder.new_path}."
        )
    if folder.key_id != rotation.new:
        folder.advance()
    return await _carry_out(database, keys or folder, rotation, now, batch)


async def rotate_to_service(
    database: Database, keys: KeyProvider, now: Callable[[], datetime], batch: int = BATCH
) -> Rotated:
    """The same, to the key that a service keeps: afterwards no recording needs another one.

    Raises WrongKey where a rotation to another key is not finished, KeyServiceAway,
    DatabaseUnavailable.
    """
    async with database.reading() as tx:
        rotation = await recording_keys.unfinished(tx)
    if rotation is None:
        rotation = await _begin(database, keys.key_id, keys.key_id, now())
    elif rotation.new != keys.key_id:
        raise WrongKey(
            f"A rotation to key {rotation.new} was begun: finish that one first, with the "
            "configuration that it was begun with."
        )
    return await _carry_out(database, keys, rotation, now, batch)


async def _carry_out(
    database: Database,
    keys: KeyProvider,
    rotation: Rotation,
    now: Callable[[], datetime],
    batch: int,
) -> Rotated:
    rotated = await _rewrap_all(database, keys, rotation, batch)
    async with database.transaction() as tx:
        await recording_keys.finish(tx)
        detail: Detail = {
            "old_key": rotated.old,
            "new_key": rotated.new,
            "recordings": rotated.recordings,
            "not_opened": len(rotated.closed),
        }
        await audit.append(tx, entry("key.rotation_finished", now(), None, detail=detail))
    return rotated


async def _begin(database: Database, old: str, new: str, now: datetime) -> Rotation:
    """The new key is there, where servers find it, before anything is wrapped by it."""
    async with database.transaction() as tx:
        rotation = Rotation(await recording_keys.current(tx) or old, new)
        await recording_keys.begin(tx, rotation)
        detail: Detail = {
            "old_key": rotation.old,
            "new_key": new,
            "recordings": await recording_keys.count_by_others(tx, new),
        }
        await audit.append(tx, entry("key.rotation_begun", now, None, detail=detail))
    return rotation


async def _rewrap_all(
    database: Database, keys: KeyProvider, rotation: Rotation, batch: int
) -> Rotated:
    rotated = Rotated(rotation.old, rotation.new, rotation.rewrapped)
    after = ""
    while found := await _next(database, rotation.new, after, batch):
        after = found[-1].recording_id
        rewrapped = [(one, await _rewrapped(keys, one, rotated)) for one in found]
        count = rotated.recordings
        async with database.transaction() as tx:
            for one, wrapped in rewrapped:
                if wrapped and await recording_keys.replace(tx, one, wrapped, rotation.new):
                    count += 1
            await recording_keys.note(tx, Rotation(rotation.old, rotation.new, count))
        rotated.recordings = count
    return rotated


async def _next(database: Database, new: str, after: str, batch: int) -> Sequence[WrappedKey]:
    async with database.reading() as tx:
        return await recording_keys.wrapped_by_others(tx, new, after, batch)


async def _rewrapped(keys: KeyProvider, found: WrappedKey, rotated: Rotated) -> bytes | None:
    """None for what no key here opens: it stays as it is."""
    try:
        data_key = await keys.unwrap(found.wrapped, found.recording_id, found.key_id)
    except WrongKey as error:
        rotated.closed.append(f"recording {found.recording_id} stays as it is: {error}")
        return None
    return await keys.wrap(data_key, found.recording_id, rotated.new)
