"""Takes parts that are complete to the bucket, one after the other, for as long as it takes.

A part goes through three commits, and a kill between any two of them leaves it in one of the states
that the next round goes on from: it waits (its file is here); it is in the bucket, read back and
compared (its file is still here); its file is gone.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from signaling.kernel.background import repeat
from signaling.kernel.clock import Clock
from signaling.recordings import bucket
from signaling.recordings.archive import Archive
from signaling.recordings.rule import upload_pause_seconds
from storage.errors import DamagedPart, RecordingsAway, StorageError, StoreAway
from storage.models import RecordingPart
from storage.recordings import spooled
from storage.vault.partfile import tail_name, tail_path

log = logging.getLogger(__name__)

REMINDER_SECONDS = 900.0
"""So often the log repeats what stands in the way."""


@dataclass(frozen=True)
class Waiting:
    """What is in the spool."""

    parts: int = 0
    """Files that are still written among them."""
    bytes: int = 0
    oldest: datetime | None = None
    """When the first recording began of which something waits."""


class Uploads:
    """One server's. Recording never waits for it."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self.failures = 0
        """Attempts that failed since the start."""
        self.uploaded = 0
        """Parts since the start."""
        self.waiting = Waiting()
        self._archive = archive
        self._database = archive.database
        self._clock = clock
        self._retries = 0
        self._not_before = 0.0
        self._tidied = False
        self._told: tuple[str, float] | None = None
        self._lost: set[str] = set()

    @property
    def is_on(self) -> bool:
        return self._archive.bucket is not None

    @property
    def waiting_seconds(self) -> float:
        """How long ago the oldest recording began that waits."""
        oldest = self.waiting.oldest
        return max(0.0, (self._clock.now() - oldest).total_seconds()) if oldest else 0.0

    async def watch(self) -> None:
        """Until cancelled."""
        if not self.is_on:
            await self._tell_what_is_out_of_reach()
            return
        await repeat(self._when_due, upload_pause_seconds(0), "uploading recordings", self._clock)

    async def _when_due(self) -> None:
        with suppress(StorageError, OSError):  # which the next attempt tells
            await self.look()  # what is recorded grows also while a store is away
        if self._clock.moment().steady >= self._not_before:
            pause = await self.try_once()
            self._not_before = self._clock.moment().steady + pause

    async def try_once(self) -> float:
        """Everything that waits; in how many seconds to look again."""
        try:
            await self._round()
        except (StorageError, OSError) as error:
            self.failures += 1
            self._tell(error)
            self._retries += 1
            return upload_pause_seconds(self._retries)
        finally:
            self._archive.uploading = None
        if self._told is not None:
            log.warning("recordings are uploaded again")
        self._told, self._retries = None, 0
        return upload_pause_seconds(0)

    async def _round(self) -> None:
        if (place_id := self._archive.place.id) is None:
            return  # the folder is not there, which others tell
        await self.look()
        await bucket.find(self._archive)
        if not self._tidied:
            await self._tidy(place_id)
            self._tidied = True
        while parts := await self._next(place_id):
            for part in parts:
                await self._upload(part)
                await self.look()

    async def look(self) -> None:
        """How much waits. Raises StorageError."""
        if (place_id := self._archive.place.id) is None:
            return
        async with self._database.reading() as tx:
            standing = await spooled.standing(tx, place_id)
        spool = self._archive.spool
        spool.paths = standing.paths
        size = await self._archive.disk.run(spool.size)
        oldest = standing.oldest.started_at if standing.oldest else None
        self.waiting = Waiting(len(standing.paths), size, oldest)

    async def _next(self, place_id: str) -> list[RecordingPart]:
        async with self._database.reading() as tx:
            found = await spooled.waiting(tx, place_id)
        return [part for part in found if part.id not in self._lost]

    async def _tidy(self, place_id: str) -> None:
        """A kill came between the commit and the removal; or somebody has changed the database, so
        that it is verified once more.
        """
        async with self._database.reading() as tx:
            left = await spooled.left_behind(tx, place_id)
        for part in left:
            if await self._archive.disk.run(self._archive.path(part).exists):
                await self._archive.remote.run(self._store, part)
            await self._remove(part)

    async def _upload(self, part: RecordingPart) -> None:
        """Raises StoreAway, RecordingsAway, DatabaseUnavailable, OSError."""
        archive = self._archive
        archive.uploading = part.recording_id
        await archive.disk.run(archive.place.require)
        if await self._is_erased(part):
            return
        try:
            await archive.remote.run(self._store, part)
        except (FileNotFoundError, DamagedPart) as error:
            await archive.disk.run(archive.place.require)
            self._lost.add(part.id)
            self.failures += 1
            log.error("part %s cannot be uploaded, and will not be: %s", part.id, error)
            return
        async with self._database.transaction() as tx:
            if not await spooled.uploaded(tx, part):
                return  # whoever erases it deletes it here and there
        self.uploaded += 1
        await self._remove(part)

    async def _is_erased(self, part: RecordingPart) -> bool:
        async with self._database.reading() as tx:
            return await spooled.is_erased(tx, part)

    def _store(self, part: RecordingPart) -> None:
        """Blocking."""
        bucket, path = self._archive.keeping.bucket, self._archive.path(part)
        if bucket is None:
            raise StoreAway("There is no bucket any more.")
        if part.state == "torn" and tail_path(path).exists():
            bucket.store(tail_name(part.path), tail_path(path), self._clock.now())
        if not path.exists() and bucket.exists(part.path):
            log.warning("part %s is in the bucket, and not in the folder any more", part.id)
            return  # of a restored backup from before it was uploaded
        bucket.store(part.path, path, self._clock.now())

    async def _remove(self, part: RecordingPart) -> None:
        """It is in the bucket: the commit says so."""
        try:
            await self._archive.disk.run(self._archive.place.require)
            await self._archive.disk.run(self._archive.keeping.delete_here, part)
        except (OSError, RecordingsAway) as error:
            self._tidied = False
            log.error(
                "the file of part %s, which is uploaded, cannot be removed: %s", part.id, error
            )
            return
        async with self._database.transaction() as tx:
            await spooled.removed(tx, part)

    async def _tell_what_is_out_of_reach(self) -> None:
        with suppress(StorageError):
            async with self._database.reading() as tx:
                if not await spooled.has_any_in_bucket(tx):
                    return
            log.error(
                "recordings are in a bucket, and objects.bucket names none: they cannot be played"
            )

    def _tell(self, error: Exception) -> None:
        text, now = str(error), self._clock.moment().steady
        if self._told is None or self._told[0] != text or now - self._told[1] >= REMINDER_SECONDS:
            self._told = text, now
            log.error(
                "recordings are not uploaded: %s They stay in the folder meanwhile: %d files, "
                "%.1f GB.",
                text,
                self.waiting.parts,
                self.waiting.bytes / 1e9,
            )
