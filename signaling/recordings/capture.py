"""The recording of one call: none yet, running, paused, interrupted by a failure, or over."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from errno import ENOSPC
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from relay.recorder import NOTHING, PartDescription, PartSummary, Recorded, Recorder, RecordingRoom
from signaling.kernel.background import Background
from signaling.kernel.clock import Clock, Timer, sleep
from signaling.kernel.journal import Entry, Journal, nothing
from signaling.kernel.words import CaptureReason, GapReason, Side
from signaling.recordings import rule
from signaling.recordings.archive import Archive, FinalState, OpenRecording, Settled
from signaling.recordings.gaps import Gaps
from signaling.recordings.recovery import recover_parts
from signaling.recordings.resources import RecordingGap
from signaling.recordings.settling import Settling
from storage.audit import Detail
from storage.errors import CarriedElsewhere, DatabaseUnavailable, NoRoom, StorageError
from storage.ids import new_id
from storage.vault.container import PartIdentity
from storage.vault.writer import PartWriter
from storage.words import AuditAction

log = logging.getLogger(__name__)

# Everybody hears that it stopped as soon as nothing is captured, not when a slow disk is done.
SEAL_PATIENCE_SECONDS = 1.0
DISK_PATIENCE_SECONDS = 5.0
RECOVERY_RETRY_SECONDS = 60.0  # recovery copies a part, for which a full disk may have room later
PART_RETRY_SECONDS = 1.0  # meanwhile the recorder keeps what it has: some 25 s of one camera
RUNS_WELL_SECONDS = 60.0  # after which a failure is a new one


@dataclass(eq=False)
class Ended:
    """A recording that nothing is added to, though its last parts may still be on their way to the
    disk. The call goes on, and may have another one.
    """

    recording: OpenRecording
    recorders: Sequence[Recorder]
    gaps: Sequence[RecordingGap]
    broken: bool
    """Something of it could not be written."""
    failed: bool
    """Nothing could be written when it ended."""
    sealing: asyncio.Task[None]


@dataclass(frozen=True)
class CaptureOf:
    """Which call a recording is of."""

    session_id: str
    room_id: str


class Capture:
    """Starts and stops the recorder of one call. Nothing here raises:
    a failed recording leaves the call alone.

    What fails is tried again, for as long as its cause lasts, and goes on in new parts on the same
    time line.
    """

    # It takes what every recording of a server shares, and what is its own.
    def __init__(  # noqa: PLR0913, PLR0917
        self,
        archive: Archive,
        clock: Clock,
        background: Background,
        journal: Journal,
        call: CaptureOf,
        room: RecordingRoom,
        count_failure: Callable[[], None],
        recorded: Recorded,
        changed: Callable[[], object],
    ) -> None:
        """`changed` is called when it failed, or may be started now."""
        self.lock = asyncio.Lock()
        """Held by who decides and acts on it."""
        self.running = False
        self.cut_for: GapReason | None = None
        """Why nothing is captured, though it was not stopped yet."""
        self.failure: CaptureReason | None = None
        """Why it cannot be written, until it is worth another try."""
        self._archive = archive
        self._clock = clock
        self._background = background
        self._journal = journal
        self._call = call
        self._room = room
        self._count_failure = count_failure
        self._recorded = recorded
        self._changed = changed
        self._participant_ids: frozenset[str] = frozenset()
        self._recording: OpenRecording | None = None
        self._recorder: Recorder | None = None
        self._broken: list[Recorder] = []
        """Whose parts may still be on their way to the disk."""
        self._origin: float | None = None
        self._gaps = Gaps()
        self._settling = Settling(clock)
        self._began = 0.0
        self._retries = 0
        self._closed = False
        self._timer: Timer | None = None
        self._sealing: asyncio.Task[None] | None = None
        self._ended: list[Ended] = []

    @property
    def recording_id(self) -> str | None:
        """None before anything was to be recorded."""
        return self._recording.id if self._recording else None

    @property
    def recorded_id(self) -> str | None:
        """The same, where something of it was."""
        return self.recording_id if self._origin is not None else None

    # --- what its call asks for

    def pause_asked(self, user_id: str, name: str, side: Side) -> None:
        """Somebody asked to be off the record, just now."""
        self._gaps.ask(self._position_ms, user_id, name, side)

    def pause_lifted(self, user_id: str) -> None:
        """They took that back, or are out of the call; nothing, if they had not asked."""
        self._gaps.lift(self._position_ms, user_id)

    def hold(self, seconds: float) -> None:
        """No new files are made before that time has passed."""
        self._settling.hold(seconds)

    def settling(self) -> int:
        """Within how many seconds it may start; 0 if it may. `changed` is called once it may."""
        if (left := self._settling.left) > 0:
            self._later(left, self._changed)
        return math.ceil(self._settling.seconds) if left > 0 else 0

    def hold_only(self, participant_ids: Collection[str]) -> None:
        """Whose media it holds, from now on; the parts of others are closed."""
        before, self._participant_ids = self._participant_ids, frozenset(participant_ids)
        if self._recorder is None:
            return
        for participant_id in self._participant_ids - before:
            self._recorder.add(participant_id)
        for participant_id in before - self._participant_ids:
            self._background.spawn(self._recorder.remove(participant_id))

    async def start(self, still_wanted: Callable[[], bool]) -> None:
        """First the log, then the media; `still_wanted` is asked last, since consent may go
        while a disk is slow.
        """
        try:
            if not await self._begin(still_wanted):
                return
        except (StorageError, OSError) as error:
            self._fail(self._recorder, error)
            return
        self.running = True
        if still_wanted() and self._recording is not None:
            self._record()

    def cut(self, reason: GapReason) -> None:
        """Nothing is captured from this very moment on, though `stop` has still to be awaited."""
        if self._recorder is not None and self.running:
            self._recorder.cut()
            self._gaps.begin(self._position_ms, reason)
            self.cut_for = self.cut_for or reason

    async def stop(self, reason: rule.Stop) -> None:
        """Nothing is captured from now on."""
        self.running, self.cut_for = False, None
        self._settling.stopped()
        self._note("recording.stopped", reason)
        if reason != "call_ended":
            self._gaps.begin(self._position_ms, reason)
        if self._recorder is not None:
            await self._seal([self._recorder], SEAL_PATIENCE_SECONDS)

    def end_recording(self) -> Ended | None:
        """What was recorded so far is all of that recording; what follows is another one, with a
        key of its own. None: there was nothing. `settle_ended` is to follow.
        """
        if (recording := self._recording) is None or self._origin is None:
            return None
        if self.running:
            self._settling.stopped()
            self._note("recording.stopped", "stopped")
        self.running, self.cut_for = False, None
        self._gaps.end(self._position_ms)
        recorders = self._recorders
        self._archive.closing.add(recording.id)
        ended = Ended(
            recording,
            recorders,
            self._gaps.told(),
            broken=bool(self._broken),
            failed=self.failure is not None,
            sealing=self._background.spawn(_stop(recorders)),
        )
        self._ended.append(ended)
        self._recording = self._recorder = self._origin = None
        self._broken, self._gaps = [], Gaps()
        return ended

    async def settle_ended(self, ended: Ended, *, erased: bool) -> None:
        """Once everything of it is on the disk. What was erased needs no state any more."""
        await asyncio.wait({ended.sealing})
        self._archive.closing.discard(ended.recording.id)
        self._ended.remove(ended)
        if not erased:
            await self._conclude(
                ended.recording, ended.gaps, broken=ended.broken, failed=ended.failed
            )

    async def close(self) -> None:
        """The call is over: everything that is on its way to the disk is sealed."""
        async with self.lock:
            self._closed = True
            if self._timer:
                self._timer.cancel()
            if self.running:
                await self.stop("call_ended")
            self._gaps.end(self._position_ms)
            # The room does not stay open for a slow disk.
            await self._seal(self._recorders, DISK_PATIENCE_SECONDS)

    async def finish(self) -> None:
        """After `close`: make the best of what failed, as soon as disk and database let us,
        and write the state.
        """
        if (recording := self._recording) is None or self._sealing is None:
            return
        # What a thread still writes is neither complete nor to be recovered.
        await asyncio.wait({self._sealing})
        broken, failed = bool(self._broken), self.failure is not None
        await self._conclude(recording, self._gaps.told(), broken=broken, failed=failed)

    def interrupt(self, error: Exception) -> None:
        """From outside: it must not go on for now."""
        if self._recorder is not None and self.running:
            self._recorder.fail(error)

    # --- steps of the above

    @property
    def _recorders(self) -> list[Recorder]:
        """Whose parts may still be on their way to the disk."""
        return [*self._broken, *([self._recorder] if self._recorder else [])]

    async def _begin(self, still_wanted: Callable[[], bool]) -> bool:
        """Whether it is still wanted once it is in the log.

        Only the first time has to wait for the database. Going on after a pause is no new yes to
        anything.
        """
        recording, again = self._recording, self._recording is not None and self._origin is not None
        if recording is None:
            recording = self._recording = await self._archive.create(
                self._call.session_id, self._call.room_id
            )
        detail = {"data_key_sha256": recording.data_key.digest(recording.id)}
        entry = Entry(
            nothing, self._archive.event(recording, "recording.started", self._clock.now(), detail)
        )
        if again:
            self._journal.add(entry)
            return True
        return await self._journal.ask(entry, still_wanted)

    def _record(self) -> None:
        if self._recorder is None:
            self._recorder = self._new_recorder()
        self._recorder.start()
        began = self._clock.moment()
        self._began = began.steady
        if self._origin is None:
            self._origin = self._recorder.origin
            self._save_beginning(began.at)
        if self._gaps.end(self._position_ms):
            self._save_gaps()

    def _new_recorder(self) -> Recorder:
        recording = self._recording
        if recording is None:
            raise LookupError("a recorder is made for a recording that was never created")

        async def open_part(description: PartDescription) -> PartSink:
            return await self._open_part(recording, recorder, description)

        recorder = Recorder(
            self._room,
            self._participant_ids,
            open_part,
            lambda error: self._fail(recorder, error),
            recorded=self._recorded,
            origin=self._origin,
        )
        return recorder

    async def _seal(self, recorders: Sequence[Recorder], seconds: float) -> None:
        self._sealing = self._background.spawn(_stop(recorders))
        await asyncio.wait({self._sealing}, timeout=seconds)

    async def _conclude(
        self,
        recording: OpenRecording,
        gaps: Sequence[RecordingGap],
        *,
        broken: bool,
        failed: bool,
    ) -> None:
        if not broken:
            self._finish(recording, gaps, "complete", "recording.completed", {})
            return
        await self._journal.settled()
        try:
            while (lost := await self._recovered(recording)) is None:
                await sleep(self._clock, RECOVERY_RETRY_SECONDS)
        except CarriedElsewhere as error:
            log.error("recording %s is left to others: %s", recording.id, error)
            return
        state: FinalState = "failed" if failed else "recovered"
        self._finish(recording, gaps, state, "recording.recovered", {"parts_lost": lost})

    async def _recovered(self, recording: OpenRecording) -> int | None:
        try:
            return await recover_parts(self._archive, recording.id, recording.data_key)
        except CarriedElsewhere:
            raise
        except StorageError as error:
            log.warning("recording %s cannot be recovered yet: %s", recording.id, error)
            return None

    def _finish(
        self,
        recording: OpenRecording,
        gaps: Sequence[RecordingGap],
        state: FinalState,
        action: AuditAction,
        detail: Detail,
    ) -> None:
        async def conclude(tx: AsyncSession) -> None:
            await self._archive.conclude(tx, recording.id, recording.data_key, state, gaps)

        event = self._archive.event(recording, action, self._clock.now(), detail)
        self._journal.add(Entry(conclude, event))

    def _save_beginning(self, at: datetime) -> None:
        """Its key may have taken a while; what was decided meanwhile has its place by this."""
        if (recording := self._recording) is None:
            return

        async def save(tx: AsyncSession) -> None:
            await self._archive.set_beginning(tx, recording, at)

        self._journal.add(Entry(save))

    def _save_gaps(self) -> None:
        if (recording := self._recording) is None:
            return
        gaps = self._gaps.told()

        async def save(tx: AsyncSession) -> None:
            await self._archive.set_gaps(tx, recording, gaps)

        self._journal.add(Entry(save))

    def _fail(self, recorder: Recorder | None, error: Exception) -> None:
        for ended in self._ended:
            ended.broken = ended.broken or recorder in ended.recorders
        # Late news of one that was given up before.
        if recorder is not self._recorder or self.failure:
            log.warning(
                "a part of a recording of call %s is torn: %s", self._call.session_id, error
            )
            return
        log.error("recording of call %s failed: %s", self._call.session_id, error)
        if recorder is not None:
            self._broken.append(recorder)
            self._recorder = None
        self.running, self.cut_for = False, None
        self.failure = _reason(error)
        if self._clock.moment().steady - self._began >= RUNS_WELL_SECONDS:
            self._retries = 0
        if self._retries == 0:
            self._count_failure()
        self._note("recording.failed", type(error).__name__)
        self._gaps.begin(self._position_ms, "failed")
        self._retry_later()
        self._changed()

    def _retry_later(self) -> None:
        if self._closed:
            return
        seconds = rule.retry_seconds(self._retries)
        self._retries += 1
        self._later(seconds, lambda: self._background.spawn(self._retry()))

    async def _retry(self) -> None:
        try:
            await self._archive.probe()
        except (StorageError, OSError) as error:
            log.warning("recording of call %s cannot go on yet: %s", self._call.session_id, error)
            self._retry_later()
            return
        self.failure = None
        self._changed()

    def _later(self, seconds: float, what: Callable[[], object]) -> None:
        if self._timer:
            self._timer.cancel()

        def act() -> None:
            what()

        self._timer = self._clock.call_later(seconds, act)

    @property
    def _position_ms(self) -> int:
        """On the time line of the recording."""
        return 0 if self._origin is None else round((time.monotonic() - self._origin) * 1000)

    def _note(self, action: AuditAction, reason: str) -> None:
        if self._recording:
            event = self._archive.event(
                self._recording, action, self._clock.now(), {"reason": reason}
            )
            self._journal.add(Entry(nothing, event))

    async def _open_part(
        self, recording: OpenRecording, recorder: Recorder, description: PartDescription
    ) -> "PartSink":
        identity = PartIdentity(recording.id, new_id())
        while True:
            try:
                _, path = await self._archive.add_part(recording, description, identity)
                break
            except DatabaseUnavailable as error:
                log.warning(
                    "a part of recording %s waits for the database: %s", recording.id, error
                )
                await sleep(self._clock, PART_RETRY_SECONDS)
        writer = await PartWriter.create(path, recording.data_key.key, identity, recorder.fail)
        settle = partial(
            self._archive.settle, part_id=identity.part_id, data_key=recording.data_key
        )
        return PartSink(writer, settle, self._journal)


async def _stop(recorders: Sequence[Recorder]) -> None:
    await asyncio.gather(*(recorder.stop() for recorder in recorders))


def _reason(error: Exception) -> CaptureReason:
    cause = error.__cause__ or error
    if isinstance(error, NoRoom) or (isinstance(cause, OSError) and cause.errno == ENOSPC):
        return "no_space"
    return "not_written"


class PartSink:
    """Where the recorder writes one part: the vault's writer,
    and the row once the part is complete.
    """

    def __init__(
        self, writer: PartWriter, settle: Callable[..., Awaitable[None]], journal: Journal
    ) -> None:
        self._writer = writer
        self._settle = settle
        self._journal = journal

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    async def close(self, summary: PartSummary) -> None:
        """Raises PartWriteFailed.

        A database that is away is no failure: the file is whole, the row follows.
        """
        sealed = await self._writer.close()
        state: Settled = "lost" if summary == NOTHING else "sealed"

        async def settle(tx: AsyncSession) -> None:
            await self._settle(tx, state=state, size=sealed.size_bytes, summary=summary)

        self._journal.add(Entry(settle))
