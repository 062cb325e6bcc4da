"""The recording of one call: none yet, running, paused, over or failed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from relay.recorder import NOTHING, PartDescription, PartSummary, Recorded, Recorder
from relay.room import Room
from signaling.background import Background
from signaling.clock import Clock, sleep
from signaling.journal import Entry, Journal, nothing
from signaling.recording.archive import Archive, OpenRecording, Settled
from signaling.recording.recovery import recover_parts
from storage.audit import Detail
from storage.errors import DatabaseUnavailable, StorageError
from storage.vault.writer import PartWriter

log = logging.getLogger(__name__)

SEAL_PATIENCE_SECONDS = (
    1.0  # both sides hear that it stopped as soon as nothing is captured, not when a slow disk is done
)
DISK_PATIENCE_SECONDS = 5.0
RECOVERY_RETRY_SECONDS = 60.0  # recovery copies a part, for which a full disk may have room later


@dataclass(frozen=True)
class CaptureOf:
    """Which call a recording is of, and whom it holds."""

    session_id: str
    room_id: str
    participant_ids: tuple[str, ...]


class Capture:
    """Starts and stops the recorder of one call. Nothing here raises: a failed recording leaves the call alone."""

    def __init__(  # noqa: PLR0913, PLR0917 - what every recording of a server shares, and what is its own
        self,
        archive: Archive,
        clock: Clock,
        background: Background,
        journal: Journal,
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
        self._journal = journal
        self._call = call
        self._count_failure = count_failure
        self._recording: OpenRecording | None = None
        self._sealing: asyncio.Task[None] | None = None
        self._recorder = Recorder(room, call.participant_ids, self._open_part, self._failed, recorded=recorded)

    async def start(self, still_wanted: Callable[[], bool]) -> None:
        """First the log, then the media; `still_wanted` is asked last, since consent may go while a disk is slow."""
        try:
            if self._recording is None:
                self._recording = await self._archive.create(self._call.session_id, self._call.room_id)
            started = self._archive.event(self._recording, "recording.started", self._clock.now())
            written = await self._journal.ask(Entry(nothing, started), still_wanted)
        except (StorageError, OSError) as error:
            self._failed(error)
            return
        self.running = written
        if written and still_wanted():
            self._recorder.start()

    async def stop(self, reason: str) -> None:
        """Nothing is captured from now on."""
        self.running = False
        self._note("recording.stopped", reason)
        self._sealing = self._background.spawn(self._recorder.stop())
        await asyncio.wait({self._sealing}, timeout=SEAL_PATIENCE_SECONDS)

    async def close(self) -> None:
        """The call is over: everything that is on its way to the disk is sealed."""
        async with self.lock:
            if self.running:
                await self.stop("call_ended")
            # After a failure, too, parts may be on their way. The room is closed meanwhile, however slow the disk is.
            self._sealing = self._background.spawn(self._recorder.stop())
            await asyncio.wait({self._sealing}, timeout=DISK_PATIENCE_SECONDS)

    async def finish(self) -> None:
        """After `close`: make the best of what failed, as soon as disk and database let us, and write the state."""
        if (recording := self._recording) is None or self._sealing is None:
            return
        await asyncio.wait({self._sealing})  # what a thread still writes is neither complete nor to be recovered
        if not self.failure:
            self._finish(recording, "complete", "recording.completed", {})
            return
        await self._journal.settled()
        while (lost := await self._recovered(recording)) is None:
            await sleep(self._clock, RECOVERY_RETRY_SECONDS)
        self._finish(recording, "failed", "recording.recovered", {"parts_lost": lost})

    async def _recovered(self, recording: OpenRecording) -> int | None:
        try:
            return await recover_parts(self._archive, recording.id, recording.data_key)
        except DatabaseUnavailable as error:
            log.warning("recording %s cannot be recovered yet: %s", recording.id, error)
            return None

    def _finish(
        self, recording: OpenRecording, state: Literal["complete", "failed"], action: str, detail: Detail
    ) -> None:
        async def conclude(tx: AsyncSession) -> None:
            await self._archive.conclude(tx, recording.id, state)

        event = self._archive.event(recording, action, self._clock.now(), detail)
        self._journal.add(Entry(conclude, event))

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
        if self._recording:
            event = self._archive.event(self._recording, action, self._clock.now(), {"reason": reason})
            self._journal.add(Entry(nothing, event))

    async def _open_part(self, description: PartDescription) -> "PartSink":
        if self._recording is None:
            raise LookupError("the recorder opened a part of a recording that was never created")
        identity, path = await self._archive.add_part(self._recording, description)
        writer = await PartWriter.create(path, self._recording.data_key, identity, self._recorder.fail)
        settle = partial(self._archive.settle, part_id=identity.part_id, data_key=self._recording.data_key)
        return PartSink(writer, settle, self._journal)


class PartSink:
    """Where the recorder writes one part: the vault's writer, and the row once the part is complete."""

    def __init__(self, writer: PartWriter, settle: Callable[..., Awaitable[None]], journal: Journal) -> None:
        self._writer = writer
        self._settle = settle
        self._journal = journal

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    async def close(self, summary: PartSummary) -> None:
        """Raises PartWriteFailed. A database that is away is no failure: the file is whole, the row follows."""
        sealed = await self._writer.close()
        state: Settled = "lost" if summary == NOTHING else "sealed"

        async def settle(tx: AsyncSession) -> None:
            await self._settle(tx, state=state, size=sealed.size_bytes, summary=summary)

        self._journal.add(Entry(settle))
