"""The recording of one call: none yet, running, paused, interrupted by a failure, or over."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from errno import ENOSPC
from functools import partial

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from relay.recorder import NOTHING, PartDescription, PartSummary, Recorded, Recorder, RecordingRoom
from signaling.kernel.background import Background
from signaling.kernel.clock import Clock, Timer, sleep
from signaling.kernel.journal import Entry, Journal, nothing
from signaling.kernel.words import CaptureReason, GapReason, Side
from signaling.recordings import rule
from signaling.recordings.archive import Archive, FinalState, OpenRecording, Settled
from signaling.recordings.recovery import recover_parts
from signaling.recordings.resources import PauseRequest, RecordingGap
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

    @property
    def recording_id(self) -> str | None:
        """None before anything was to be recorded."""
        return self._recording.id if self._recording else None

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
        if still_wanted():
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

    async def close(self) -> None:
        """The call is over: everything that is on its way to the disk is sealed."""
        async with self.lock:
            self._closed = True
            if self._timer:
                self._timer.cancel()
            if self.running:
                await self.stop("call_ended")
            self._gaps.end(self._position_ms)
            recorders = [*self._broken, *([self._recorder] if self._recorder else [])]
            # The room does not stay open for a slow disk.
            await self._seal(recorders, DISK_PATIENCE_SECONDS)

    async def finish(self) -> None:
        """After `close`: make the best of what failed, as soon as disk and database let us,
        and write the state.
        """
        if (recording := self._recording) is None or self._sealing is None:
            return
        # What a thread still writes is neither complete nor to be recovered.
        await asyncio.wait({self._sealing})
        if not self._broken:
            self._finish(recording, "complete", "recording.completed", {})
            return
        await self._journal.settled()
        try:
            while (lost := await self._recovered(recording)) is None:
                await sleep(self._clock, RECOVERY_RETRY_SECONDS)
        except CarriedElsewhere as error:
            log.error("recording %s is left to others: %s", recording.id, error)
            return
        state: FinalState = "failed" if self.failure else "recovered"
        self._finish(recording, state, "recording.recovered", {"parts_lost": lost})

    def interrupt(self, error: Exception) -> None:
        """From outside: it must not go on for now."""
        if self._recorder is not None and self.running:
            self._recorder.fail(error)

    # --- steps of the above

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
        self._began = self._clock.moment().steady
        self._origin = self._recorder.origin
        if self._gaps.end(self._position_ms):
            self._save_gaps()

    def _new_recorder(self) -> Recorder:
        async def open_part(description: PartDescription) -> PartSink:
            return await self._open_part(recorder, description)

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
        async def stop() -> None:
            await asyncio.gather(*(recorder.stop() for recorder in recorders))

        self._sealing = self._background.spawn(stop())
        await asyncio.wait({self._sealing}, timeout=seconds)

    async def _recovered(self, recording: OpenRecording) -> int | None:
        try:
            return await recover_parts(self._archive, recording.id, recording.data_key)
        except CarriedElsewhere:
            raise
        except StorageError as error:
            log.warning("recording %s cannot be recovered yet: %s", recording.id, error)
            return None

    def _finish(
        self, recording: OpenRecording, state: FinalState, action: AuditAction, detail: Detail
    ) -> None:
        gaps = self._gaps.told()

        async def conclude(tx: AsyncSession) -> None:
            await self._archive.conclude(tx, recording.id, recording.data_key, state, gaps)

        event = self._archive.event(recording, action, self._clock.now(), detail)
        self._journal.add(Entry(conclude, event))

    def _save_gaps(self) -> None:
        if (recording := self._recording) is None:
            return
        gaps = self._gaps.told()

        async def save(tx: AsyncSession) -> None:
            await self._archive.set_gaps(tx, recording, gaps)

        self._journal.add(Entry(save))

    def _fail(self, recorder: Recorder | None, error: Exception) -> None:
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

    async def _open_part(self, recorder: Recorder, description: PartDescription) -> "PartSink":
        if self._recording is None:
            raise LookupError("the recorder opened a part of a recording that was never created")
        recording, identity = self._recording, PartIdentity(self._recording.id, new_id())
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


def _reason(error: Exception) -> CaptureReason:
    cause = error.__cause__ or error
    if isinstance(error, NoRoom) or (isinstance(cause, OSError) and cause.errno == ENOSPC):
        return "no_space"
    return "not_written"


class Gaps:
    """Where a recording has nothing of anybody, and why.

    Gaps inside a part are told with the part.
    """

    def __init__(self) -> None:
        self._closed: list[RecordingGap] = []
        self._open: tuple[int, GapReason] | None = None
        self._requests: list[PauseRequest] = []
        """Since the last gap; `end_ms` of those that stand is still to come."""
        self._standing: set[str] = set()

    def begin(self, at_ms: int, reason: GapReason) -> None:
        """One that began for another reason goes on."""
        self._open = self._open or (at_ms, reason)

    def ask(self, at_ms: int, user_id: str, name: str, side: Side) -> None:
        """Somebody asks for one."""
        self._requests.append(
            PauseRequest(user_id=user_id, name=name, side=side, begin_ms=at_ms, end_ms=at_ms)
        )
        self._standing.add(user_id)

    def lift(self, at_ms: int, user_id: str) -> None:
        """They take that back; nothing, if they did not ask."""
        if user_id not in self._standing:
            return
        self._standing.remove(user_id)
        index = max(i for i, each in enumerate(self._requests) if each.user_id == user_id)
        self._requests[index] = replace(self._requests[index], end_ms=at_ms)

    def end(self, at_ms: int) -> bool:
        """Whether there was one."""
        for user_id in [*self._standing]:
            self.lift(at_ms, user_id)
        requests, self._requests = self._requests, []
        if self._open is None:
            return False
        begin, reason = self._open
        self._open = None
        self._closed.append(
            RecordingGap(
                offset_ms=begin,
                duration_ms=max(0, at_ms - begin),
                reason=reason,
                requests=requests,
            )
        )
        return True

    def told(self) -> list[RecordingGap]:
        """A copy."""
        return list(self._closed)


class Settling:
    """How soon after a stop new files may be made:
    whoever changes their mind all the time makes few of them.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.seconds = 0.0
        """How long it is held altogether."""
        self._stops: list[float] = []
        self._not_before = 0.0

    @property
    def left(self) -> float:
        """Seconds."""
        left = self._not_before - self._clock.moment().steady
        return left if left > 0.001 else 0.0

    def stopped(self) -> None:
        """It was, just now."""
        now = self._clock.moment().steady
        self._stops = [at for at in self._stops if now - at < rule.STOPS_COUNT_SECONDS] + [now]
        self.hold(rule.settle_seconds(len(self._stops)))

    def hold(self, seconds: float) -> None:
        """Not before that time has passed."""
        until = self._clock.moment().steady + seconds
        if until > self._not_before:
            self._not_before, self.seconds = until, seconds


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
