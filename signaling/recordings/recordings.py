"""The recordings of this server: whether there can be any, one a call,
and what an earlier run left torn.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from weakref import WeakSet

from relay.recorder import Recorded, RecordingRoom
from signaling.kernel.background import Background, repeat
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Unavailable
from signaling.kernel.journal import Journal
from signaling.recordings import folder
from signaling.recordings.archive import UNLIMITED, Archive, Limits
from signaling.recordings.capture import Capture, CaptureOf
from signaling.recordings.recovery import recover_recording
from signaling.recordings.room import NONE, LongestCall, Shortage, shortage
from storage.database import Database
from storage.errors import (
    AlreadyRunning,
    CarriedElsewhere,
    DatabaseUnavailable,
    NoRoom,
    RecordingsAway,
    StorageError,
)
from storage.models import Recording
from storage.recordings import recordings
from storage.threads import Threads
from storage.vault.keys import KeyProvider
from storage.vault.objects.bucket import Bucket

log = logging.getLogger(__name__)

SWEEP_SECONDS = 60.0
GUARD_SECONDS = 2.0  # in which a hundred recorded calls write some 100 MB


class Recordings:
    """Without keys nothing is recorded and nothing can be played; everything else works.

    `room` finds a room by its id: recorded is what this process relays.
    """

    # What every recording of a server shares.
    def __init__(  # noqa: PLR0913, PLR0917
        self,
        database: Database,
        keys: KeyProvider | None,
        path: Path,
        room: Callable[[str], RecordingRoom],
        clock: Clock,
        limits: Limits = UNLIMITED,
        bucket: Bucket | None = None,
        sweep_seconds: float = SWEEP_SECONDS,
    ) -> None:
        self.archive = Archive(database, keys, path, clock, limits, bucket)
        self.background = Background()
        """What recordings still have to write down."""
        self.failures = 0
        """Recordings that broke off or could not begin."""
        self.recorded = Recorded()
        """By all of them."""
        self.damaged: set[str] = set()
        """Those of which something was found broken or changed by others, since the start."""
        self._room = room
        self._clock = clock
        self._sweep_seconds = sweep_seconds
        self._away = False
        self._torn: list[Recording] = []
        self._probing = Threads("probe", 1)
        self._no_room: str | None = None
        self._captures: WeakSet[Capture] = WeakSet()
        self._guarding: asyncio.Task[None] | None = None
        self._tending: asyncio.Task[None] | None = None

    @property
    def unavailable(self) -> Unavailable | None:
        """Why calls cannot be recorded on this server; none if they can."""
        if not self.archive.has_key:
            return Unavailable("recording_unavailable", reason="no_key")
        if self._away:
            return Unavailable("recording_unavailable", reason="folder_away")
        if self._no_room:
            return Unavailable("recording_unavailable", reason="no_space", problem=self._no_room)
        return None

    def require_available(self) -> None:
        """Raises Unavailable."""
        if unavailable := self.unavailable:
            raise unavailable

    def shortage(self, longest: LongestCall) -> Shortage:
        """Whether one more call could be recorded to its end, as of two seconds ago at most."""
        if self.unavailable or (left := self.archive.space.left) is None:
            return NONE
        recorded = sum(capture.running for capture in self._captures)
        return shortage(left, recorded, longest)

    def capture(self, call: CaptureOf, journal: Journal, changed: Callable[[], object]) -> Capture:
        """The recording of one call; nothing happens before it is started.

        `changed`: see Capture.
        """
        capture = Capture(
            self.archive,
            self._clock,
            self.background,
            journal,
            call,
            self._room(call.room_id),
            self._count_failure,
            self.recorded,
            changed,
        )
        self._captures.add(capture)
        return capture

    def _count_failure(self) -> None:
        self.failures += 1

    async def recover(self) -> None:
        """At start-up: from now on, what a server
        that is no more left open is sealed in the background.

        Raises DatabaseUnavailable, and AlreadyRunning if another server has the folder.
        """
        if not self.archive.has_key:
            return
        await self._find_folder()
        self._tending = asyncio.create_task(
            repeat(self._tend, self._sweep_seconds, "recovering recordings", self._clock)
        )
        self._guarding = asyncio.create_task(
            repeat(self._guard_space, GUARD_SECONDS, "guarding the disk", self._clock)
        )

    async def probe(self) -> None:
        """Write to the folder.

        Raises RecordingsAway, OSError; takes as long as a disk that hangs.
        """
        await self._probing.run(self.archive.place.probe)

    async def close(self) -> None:
        """A recovery that is cut off begins anew at the next start."""
        for task in (self._tending, self._guarding):
            if task is not None:
                task.cancel()
                await asyncio.wait({task})
        self.archive.place.release()

    async def _tend(self) -> None:
        """Now and then: see whether the folder is there, and recover what was left."""
        try:
            await self._find_folder()
        except StorageError as error:
            log.error("the folder of the recordings cannot be used: %s", error)
        self._torn += await self._left()
        self._torn = [each for each in self._torn if not await self._recovered(each)]

    async def _left(self) -> Sequence[Recording]:
        """What this server carries from now on. Without the folder it could do nothing for it."""
        if self._away:
            return []
        try:
            async with self.archive.database.transaction() as tx:
                return await recordings.take_left(tx, self.archive.place.id)
        except StorageError as error:
            log.warning("recordings that were left open will be looked for later: %s", error)
            return []

    async def _guard_space(self) -> None:
        """All recordings stop before the disk is full: what else is on it has to be written
        as well.
        """
        try:
            await self.archive.disk.run(self.archive.space.require)
            self._no_room = None
        except NoRoom as error:
            self._no_room = str(error)
            for capture in list(self._captures):
                capture.interrupt(error)
        except OSError as error:
            log.debug("the space left for recordings is not known: %s", error.strerror)

    async def _recovered(self, recording: Recording) -> bool:
        log.warning("recovering recording %s, which its server left open", recording.id)
        try:
            return await recover_recording(self.archive, recording)
        except CarriedElsewhere:
            log.error("recording %s is recovered by another server", recording.id)
            return True
        except DatabaseUnavailable as error:
            log.warning("recording %s will be recovered later: %s", recording.id, error)
        except Exception:
            log.exception("recording %s cannot be recovered", recording.id)
        return False

    async def _find_folder(self) -> None:
        try:
            await folder.find(self.archive)
        except (RecordingsAway, OSError) as error:
            self._away = True
            log.error("calls cannot be recorded: %s", error)
        except AlreadyRunning:
            self._away = True
            raise
        else:
            self._away = False
