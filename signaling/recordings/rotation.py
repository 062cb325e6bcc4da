"""Exchanges the key that wraps those of all recordings and clinical records, beside running
servers; media and texts stay as they are.

Each step can be taken twice: where one was killed, the next `carelay keys rotate` goes on.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from signaling.kernel.auditing import entry
from storage import audit
from storage.audit import Detail
from storage.database import Database
from storage.errors import WrongKey
from storage.models import ClinicalKey, Recording
from storage.recordings import recording_keys
from storage.recordings.recording_keys import RECORDINGS, Owner, Ring, Rotation, WrappedKey
from storage.vault.keys import KeyProvider
from storage.vault.keys.folder import KeyFolder

log = logging.getLogger(__name__)

BATCH = 200
"""Data keys in a transaction, which holds up others for some milliseconds."""


@dataclass
class Rotated:
    """What came of it."""

    old: str
    """Key ids."""
    new: str
    recordings: int = 0
    """That were rewrapped, before a kill as well."""
    clinical: int = 0
    """Clinical records, the same."""
    closed: list[str] = field(default_factory=list)
    """One line each for what opened with no key that is here, as before."""


async def rotate_all(
    database: Database,
    folder: KeyFolder,
    now: Callable[[], datetime],
    keys: KeyProvider | None = None,
    batch: int = BATCH,
    ring: Ring = RECORDINGS,
) -> Rotated:
    """Begin, or go on with, a rotation; afterwards the key file is the new key, and nothing of the
    ring needs the one before.

    The caller holds the folder of the keys; `keys`, if given, opens what no key file does. Raises
    WrongKey where the key to rotate to is not here, KeyFileError, KeyServiceAway,
    DatabaseUnavailable.
    """
    async with database.reading() as tx:
        rotation = await recording_keys.unfinished(tx, ring)
    if rotation is None:
        new = folder.next_key() or folder.make_next()
        rotation = await _begin(database, ring, folder.key_id, new.key_id, now())
    elif not await folder.holds(rotation.new):
        raise WrongKey(
            f"A rotation to key {rotation.new} was begun, but that key is not here: put its file "
            f"back as {folder.new_path}."
        )
    if folder.key_id != rotation.new:
        folder.advance()
    return await _Rewrapping(database, keys or folder, ring, batch, rotation).carry_out(now)


async def rotate_to_service(
    database: Database, keys: KeyProvider, now: Callable[[], datetime], batch: int = BATCH
) -> Rotated:
    """The same, to the key that a service keeps: afterwards nothing needs another one.

    Raises WrongKey where a rotation to another key is not finished, KeyServiceAway,
    DatabaseUnavailable.
    """
    async with database.reading() as tx:
        rotation = await recording_keys.unfinished(tx)
    if rotation is None:
        rotation = await _begin(database, RECORDINGS, keys.key_id, keys.key_id, now())
    elif rotation.new != keys.key_id:
        raise WrongKey(
            f"A rotation to key {rotation.new} was begun: finish that one first, with the "
            "configuration that it was begun with."
        )
    return await _Rewrapping(database, keys, RECORDINGS, batch, rotation).carry_out(now)


async def _begin(database: Database, ring: Ring, old: str, new: str, now: datetime) -> Rotation:
    """The new key is there, where servers find it, before anything is wrapped by it."""
    async with database.transaction() as tx:
        rotation = Rotation(await recording_keys.current(tx, ring) or old, new)
        await recording_keys.begin(tx, rotation, ring)
        counts = {
            owner: await recording_keys.count_by_others(tx, owner, new) for owner in ring.owners
        }
        detail = _detail(rotation, counts.get(Recording, 0), counts.get(ClinicalKey, 0))
        await audit.append(tx, entry("key.rotation_begun", now, None, detail=detail))
    return rotation


def _detail(rotation: Rotation, recordings: int, clinical: int) -> Detail:
    return {
        "old_key": rotation.old,
        "new_key": rotation.new,
        "recordings": recordings,
        "clinical_records": clinical,
    }


@dataclass
class _Rewrapping:
    database: Database
    keys: KeyProvider
    ring: Ring
    batch: int
    rotation: Rotation
    closed: list[str] = field(default_factory=list)

    async def carry_out(self, now: Callable[[], datetime]) -> Rotated:
        for owner in self.ring.owners:
            await self._rewrap_all(owner)
        done = self.rotation
        async with self.database.transaction() as tx:
            await recording_keys.finish(tx, self.ring)
            detail = {
                **_detail(done, done.rewrapped, done.clinical),
                "not_opened": len(self.closed),
            }
            await audit.append(tx, entry("key.rotation_finished", now(), None, detail=detail))
        return Rotated(done.old, done.new, done.rewrapped, done.clinical, self.closed)

    async def _rewrap_all(self, owner: Owner) -> None:
        after = ""
        while found := await self._next(owner, after):
            after = found[-1].id
            rewrapped = [(one, await self._rewrapped(one)) for one in found]
            progress = self.rotation
            async with self.database.transaction() as tx:
                for one, wrapped in rewrapped:
                    if wrapped and await recording_keys.replace(tx, one, wrapped, progress.new):
                        progress = progress.counted(owner)
                await recording_keys.note(tx, progress, self.ring)
            self.rotation = progress

    async def _next(self, owner: Owner, after: str) -> Sequence[WrappedKey]:
        async with self.database.reading() as tx:
            new = self.rotation.new
            return await recording_keys.wrapped_by_others(tx, owner, new, after, self.batch)

    async def _rewrapped(self, found: WrappedKey) -> bytes | None:
        """None for what no key here opens: it stays as it is."""
        try:
            data_key = await self.keys.unwrap(found.wrapped, found.bound_to, found.key_id)
        except WrongKey as error:
            what = f"recording {found.id}" if found.owner is Recording else found.bound_to
            self.closed.append(f"{what} stays as it is: {error}")
            return None
        return await self.keys.wrap(data_key, found.bound_to, self.rotation.new)
