"""The recordings of this server: whether there can be any, one a call, and what an earlier run left torn."""

import logging
from pathlib import Path

from relay.recorder import Recorded
from relay.room import Room
from signaling.background import Background
from signaling.clock import Clock
from signaling.problem import ProblemError
from signaling.recording.archive import Archive
from signaling.recording.capture import Capture, CaptureOf
from signaling.recording.recovery import recover_recording
from storage import recordings
from storage.database import Database
from storage.vault.keys import KeyFile

log = logging.getLogger(__name__)


class Recordings:
    """Without a key file nothing is recorded and nothing can be played; everything else works."""

    def __init__(self, database: Database, keys: KeyFile | None, folder: Path, clock: Clock) -> None:
        self.archive = Archive(database, keys, folder, clock)
        self.background = Background()
        """What recordings still have to write down."""
        self.failures = 0
        """Recordings that broke off or could not begin."""
        self.recorded = Recorded()
        """By all of them."""
        self._clock = clock

    @property
    def unavailable_reason(self) -> str | None:
        """Why calls cannot be recorded on this server; none if they can."""
        return None if self.archive.has_key else "This server is not set up to record: it has no recording key."

    def require_available(self) -> None:
        """Raises ProblemError 503."""
        if reason := self.unavailable_reason:
            raise ProblemError(503, "recording_unavailable", "Cannot record", reason)

    def capture(self, call: CaptureOf, room: Room) -> Capture:
        """The recording of one call; nothing happens before it is started."""
        return Capture(self.archive, self._clock, self.background, call, room, self._count_failure, self.recorded)

    def _count_failure(self) -> None:
        self.failures += 1

    async def recover(self) -> None:
        """At start-up, before any call: seal what an earlier run left open. Raises DatabaseUnavailable."""
        async with self.archive.database.reading() as tx:
            torn = await recordings.unfinished(tx)
        for recording in torn:
            log.warning("recovering recording %s, which an earlier run left open", recording.id)
            await recover_recording(self.archive, recording)
