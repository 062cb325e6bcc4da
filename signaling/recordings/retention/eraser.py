"""Erases recordings: the key in one transaction with the record of it, then a tombstone, then the
files. Killed at any moment, the next round goes on.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.background import repeat
from signaling.kernel.clock import Clock
from signaling.recordings import bucket, folder
from signaling.recordings.archive import Archive
from signaling.recordings.retention.rule import require_erasable
from storage import audit
from storage.errors import DamagedPart, StillLocked, StorageError
from storage.models import Recording, RecordingPart
from storage.recordings import recordings, spooled
from storage.retention import erasures, legal_holds
from storage.vault.tombstones import Tombstone, Tombstones
from storage.words import ErasureBasis

log = logging.getLogger(__name__)

ROUND_SECONDS = 60.0
LOCKED_SECONDS = 3600.0
"""So long an object that is locked is not asked for again."""


class Eraser:
    """One server's. What cannot be finished now is tried again each minute."""

    def __init__(self, archive: Archive, tombstones: Tombstones[Tombstone], clock: Clock) -> None:
        self._archive = archive
        self._database = archive.database
        self._tombstones = tombstones
        self._clock = clock
        self.files_left: int | None = None
        """Erased recordings whose files are still to be deleted; none before they were looked for.
        """
        self._finishing = asyncio.Lock()
        self._told: str | None = None
        self._locked: dict[str, float] = {}

    async def erase(
        self,
        tx: AsyncSession,
        recording: Recording,
        basis: ErasureBasis,
        by: Actor | None = None,
        reason: str | None = None,
    ) -> None:
        """Destroy the key of a recording that the transaction has locked
        (`recordings.for_change`), and write down that it was done, and why.

        Everybody who wants something erased does it by this, and is refused by the same rule.
        Raises Conflict. What is left to do then, `finish` does.
        """
        holds = await legal_holds.count_active(tx, recording.id)
        require_erasable(recording.state, holds, basis)
        tombstone = Tombstone(
            recording_id=recording.id,
            erased_at=self._clock.now(),
            basis=basis,
            erased_by=by.user_id if by else None,
            erased_by_name=by.name if by else None,
            reason=reason,
        )
        await self._erase(tx, recording, tombstone, by)

    async def apply_tombstones(self) -> None:
        """Before anything is played from a database that may be of a backup: what was erased since
        that was made is erased again, whatever it says of holds. What the file lacks is added.

        Raises DatabaseUnavailable, OSError.
        """
        known = await self._archive.disk.run(self._tombstones.read)
        async with self._database.reading() as tx:
            here = await erasures.tombstones(tx)
            undone = await erasures.undone(tx, known)
        for recording_id in undone:
            log.warning("recording %s was erased: its key is destroyed again", recording_id)
            async with self._database.transaction() as tx:
                recording = await recordings.for_change(tx, recording_id)
                if recording.state != "erased":
                    await self._erase(tx, recording, known[recording_id], None)
        if any(tombstone.recording_id not in known for tombstone in here):
            await self._archive.disk.run(self._tombstones.add, here)

    async def require_possible(self) -> None:
        """Whether a tombstone can be written: without one, a backup would bring back what was
        erased. Raises OSError.
        """
        await self._archive.disk.run(self._tombstones.require)

    async def watch(self) -> None:
        """Until cancelled."""
        await repeat(self.try_to_finish, ROUND_SECONDS, "deleting erased files", self._clock)

    async def try_to_finish(self) -> None:
        """Whatever stands in the way is told once, and tried again."""
        try:
            async with self._finishing:
                await self.finish()
            self._told = None
        except (StorageError, OSError) as error:
            if str(error) != self._told:
                self._told = str(error)
                log.error("the files of erased recordings cannot be deleted yet: %s", error)

    async def finish(self) -> None:
        """Tombstones and then the files of everything that was erased.

        Raises StorageError, OSError; one file that cannot be deleted keeps no other.
        """
        async with self._database.reading() as tx:
            unfinished = await erasures.unfinished(tx)
        self.files_left = len(unfinished)
        if not unfinished:
            return
        await self._archive.disk.run(self._tombstones.add, unfinished)
        await folder.find(self._archive)
        failed: OSError | StillLocked | None = None
        for tombstone in unfinished:
            if tombstone.recording_id in self._archive.closing:
                continue
            try:
                self.files_left -= await self._delete_files(tombstone.recording_id)
            except StillLocked as error:
                failed = failed or error
                self._locked[tombstone.recording_id] = self._clock.moment().steady
            except OSError as error:
                failed = failed or error
        if failed is not None:
            raise failed

    async def _erase(
        self, tx: AsyncSession, recording: Recording, tombstone: Tombstone, by: Actor | None
    ) -> None:
        await erasures.erase(tx, recording, tombstone)
        detail = {
            "basis": tombstone.basis,
            "reason": tombstone.reason,
            "erased_at": tombstone.erased_at.isoformat(),
        }
        event = entry(
            "recording.erased",
            self._clock.now(),
            by,
            session_id=recording.session_id,
            recording_id=recording.id,
            detail=detail,
        )
        await audit.append(tx, event)

    async def _delete_files(self, recording_id: str) -> bool:
        """From this server's folder and from the bucket; whether that was all, as other servers do
        so in theirs.
        """
        if self._archive.uploading == recording_id or self._is_locked(recording_id):
            return False
        async with self._database.reading() as tx:
            parts = await erasures.parts(tx, recording_id)
        await self._delete_here(recording_id, parts)
        is_here = self._archive.keeping.is_here
        there = [part for part in parts if part.place_id is None or is_here(part)]
        await self._delete_there([part for part in there if part.kept != "folder"])
        if len(there) < len(parts):
            return False
        await self._note_deleted(recording_id, len(parts))
        return True

    def _is_locked(self, recording_id: str) -> bool:
        """As it was found a while ago."""
        at = self._locked.get(recording_id)
        return at is not None and self._clock.moment().steady - at < LOCKED_SECONDS

    async def _delete_here(self, recording_id: str, parts: Sequence[RecordingPart]) -> None:
        archive = self._archive
        await archive.disk.run(archive.place.require)
        for part in parts:
            if not archive.keeping.is_here(part):
                continue
            try:
                await archive.disk.run(archive.keeping.delete_here, part)
            except DamagedPart:
                log.error("damaged: a part of the erased recording %s has no path", recording_id)
        async with self._database.transaction() as tx:
            await spooled.all_removed(tx, recording_id, archive.place.id)

    async def _delete_there(self, parts: Sequence[RecordingPart]) -> None:
        """What waited may have been uploaded when a kill came, and nobody knows."""
        archive = self._archive
        if archive.bucket is None:
            parts = [part for part in parts if part.kept == "bucket"]
        if parts:
            await bucket.find(archive)
        for part in parts:
            with suppress(DamagedPart):  # told before
                await archive.remote.run(archive.keeping.delete_there, part)

    async def _note_deleted(self, recording_id: str, count: int) -> None:
        now = self._clock.now()
        async with self._database.transaction() as tx:
            recording = await recordings.for_change(tx, recording_id)
            if await erasures.files_are_deleted(tx, recording_id, now):
                of = {"session_id": recording.session_id, "recording_id": recording_id}
                detail = {"files": count}
                await audit.append(
                    tx, entry("recording.files_deleted", now, None, **of, detail=detail)
                )
