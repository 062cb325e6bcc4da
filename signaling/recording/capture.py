"""The recording of one call: none yet, running, paused, over or failed."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from relay.recorder import NOTHING, PartDescription, PartSummary, Recorded, Recorder
from relay.room import Room
from signaling.background import Background, eventually
from signaling.clock import Clock, sleep
from signaling.recording.archive import Archive, OpenRecording
from signaling.recording.recovery import recover_parts
from storage.errors import DatabaseUnavailable, StorageError
from storage.vault.container import PartIdentity
from storage.vault.writer import PartWriter

log = logging.getLogger(__name__)

SEAL_PATIENCE_SECONDS = (
    1.0  # both sides hear that it stopped as soon as nothing is captured, not when a slow disk is done
)
RECOVERY_RETRY_SECONDS = 60.0  # recovery copies a part, for which a full disk may have room later
DATABASE_PATIENCE_SECONDS = 5.0  # then the room is closed and the rest written in the background


@dataclass(frozen=True)
class CaptureOf:
    """Which call a recording is of, and whom it holds."""

    session_id: str
    room_id: str
    participant_ids: tuple[str, ...]


class Capture:
    """Starts and stops the recorder of one call. Nothing here raises: a failed recording leaves the call alone."""

    def __init__(
        self,
        archive: Archive,
        clock: Clock,
        background: Background,
        call: CaptureOf,
        room: Room,
        count_failure: Callable[[], None],
        recorded: Recorded,
    ) -> None:
        self.lock = asyncio.Lock()
        """Held by who decides and acts on it."""
        self.running = False
        self.failure: str | None = None
        """For the two in the call; once set, it stays."""
        self.on_failure: Callable[[], object] = lambda: None
        self._archive = archive
        self._clock = clock
        self._background = background
        self._call = call
        self._count_failure = count_failure
        self._recording: OpenRecording | None = None
        self._notes: set[asyncio.Task[None]] = set()
        self._sealing: asyncio.Task[None] | None = None
        self._recorder = Recorder(room, call.participant_ids, self._open_part, self._failed, recorded=recorded)

    async def start(self, still_wanted: Callable[[], bool]) -> None:
        """First the log, then the media; `still_wanted` is asked last, since consent may go while a disk is slow."""
        try:
            if self._recording is None:
                self._recording = await self._archive.create(self._call.session_id, self._call.room_id)
            await self._archive.note(self._recording, "recording.started")
        except (StorageError, OSError) as error:
            self._failed(error)
            return
        self.running = True
        if still_wanted():
            self._recorder.start()

    async def stop(self, reason: str) -> None:
        """Nothing is captured from now on."""
        self.running = False
        self._sealing = self._background.spawn(self._recorder.stop())
        await asyncio.wait({self._sealing}, timeout=SEAL_PATIENCE_SECONDS)
        self._note("recording.stopped", reason)

    async def close(self) -> None:
        """The call is over: seal everything and say so in the database."""
        async with self.lock:
            if self.running:
                await self.stop("call_ended")
            sealing = self._background.spawn(self._recorder.stop())  # after a failure, too, parts are on their way
            if self._notes:  # or the log would say that it was complete before it stopped
                await asyncio.wait(self._notes, timeout=DATABASE_PATIENCE_SECONDS)
            finishing = self._background.spawn(self._finish_after(sealing))
            await asyncio.wait({finishing}, timeout=DATABASE_PATIENCE_SECONDS)

    async def _finish_after(self, sealing: asyncio.Task[None]) -> None:
        """However long the disk takes: what a thread still writes is neither complete nor to be recovered."""
        await asyncio.wait({sealing})
        await eventually(self._clock, self._finish)

    async def _finish(self) -> None:
        if (recording := self._recording) is None:
            return
        if not self.failure:
            await self._archive.finish(recording.id, "complete", "recording.completed", {})
            return
        while (lost := await recover_parts(self._archive, recording.id, recording.data_key)) is None:
            await sleep(self._clock, RECOVERY_RETRY_SECONDS)
        await self._archive.finish(recording.id, "failed", "recording.recovered", {"parts_lost": lost})

    def _failed(self, error: Exception) -> None:
        if self.failure:
            return
        log.error("recording of call %s failed: %s", self._call.session_id, error)
        self.running = False
        self.failure = "The recording could not be written."
        self._count_failure()
        self._note("recording.failed", type(error).__name__)
        self.on_failure()

    def _note(self, action: str, reason: str) -> None:
        if recording := self._recording:
            note = eventually(self._clock, lambda: self._archive.note(recording, action, {"reason": reason}))
            task = self._background.spawn(note)
            self._notes.add(task)
            task.add_done_callback(self._notes.discard)

    async def _open_part(self, description: PartDescription) -> "PartSink":
        if self._recording is None:
            raise LookupError("the recorder opened a part of a recording that was never created")
        identity, path = await self._archive.add_part(self._recording, description)
        writer = await PartWriter.create(path, self._recording.data_key, identity, self._recorder.fail)
        return PartSink(writer, identity, self._archive, self._clock, self._background)


class PartSink:
    """Where the recorder writes one part: the vault's writer, and the row once the part is complete."""

    def __init__(
        self, writer: PartWriter, identity: PartIdentity, archive: Archive, clock: Clock, background: Background
    ) -> None:
        self._writer = writer
        self._identity = identity
        self._archive = archive
        self._clock = clock
        self._background = background

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    async def close(self, summary: PartSummary) -> None:
        """Raises PartWriteFailed. A database that is away is no failure: the file is whole, the row follows."""
        sealed = await self._writer.close()

        async def settle() -> None:
            state: Literal["sealed", "lost"] = "lost" if summary == NOTHING else "sealed"
            await self._archive.settle_part(self._identity.part_id, state, sealed.size_bytes, summary)

        try:
            await settle()
        except DatabaseUnavailable:
            self._background.spawn(eventually(self._clock, settle))
