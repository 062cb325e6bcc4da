"""Records a room: taps its participants and writes each one's media to sinks that encrypt
and store it.

It taps the relay as one more subscriber and never touches what is forwarded. Whatever goes wrong in
here ends the recording, and the call goes on.
"""

import asyncio
import itertools
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from relay.media import PartSource, Source
from relay.recording.capture import Capture
from relay.recording.losses import Count, Gap, Losses
from relay.recording.part import Part
from relay.recording.recorded import Recorded
from relay.recording.seekable import NothingPlayableError, PartSummary, scan
from relay.recording.webm import VideoFormat, media_type
from relay.tap import Tap

__all__ = [
    "NOTHING",
    "ByteSink",
    "Count",
    "Gap",
    "Losses",
    "NothingPlayableError",
    "PartDescription",
    "PartSummary",
    "Recorded",
    "Recorder",
    "RecordingRoom",
    "scan",
]

TICK = 0.1  # s
MEASURED_EACH = 20  # ticks between two looks at the round trip
MAX_HELD = 8 << 20  # octets that wait for a sink to be opened: 25 s at 2.5 Mbit/s

_log = logging.getLogger(__name__)


class RecordingRoom(Protocol):
    """What a recorder needs of a relay.room.Room."""

    def tap(self, participant_id: str, tap: Tap) -> None: ...
    def untap(self, participant_id: str, tap: Tap) -> None: ...
    def request_keyframe(self, participant_id: str, source: Source) -> None: ...
    def round_trip(self, participant_id: str) -> float | None: ...


@dataclass(frozen=True)
class PartDescription:
    """One file: one participant, camera with microphone or screen, one stretch without a break."""

    participant_id: str
    source: PartSource
    media_type: str
    """As for HTMLMediaElement.canPlayType, such as `video/webm; codecs="vp8, opus"`."""
    offset_ms: int
    """Where it begins on the recording's time line, which begins
    with the first `Recorder.start`.
    """


NOTHING = PartSummary(duration_ms=0, seek_header=b"", body_offset=0)


class ByteSink(Protocol):
    """Where a part's plaintext goes."""

    def write(self, data: bytes) -> None:
        """Never blocks, never raises: a sink that cannot go on calls `Recorder.fail`."""

    async def close(self, summary: PartSummary) -> None:
        """Store all that was written; raises if that did not succeed.

        NOTHING if no media was written.
        """


class Recorder:
    """One recording of one room; all methods belong to the event loop's thread.

    `open_part` makes the sink of a new part. `on_failure` is called at most once; by then nothing
    is tapped any more and the parts are being closed as far as they came. `tell` hears of each loss
    as it happens. A recorder that failed is over; another one with its `origin` goes on with its
    time line.
    """

    def __init__(
        self,
        room: RecordingRoom,
        participant_ids: Collection[str],
        open_part: Callable[[PartDescription], Awaitable[ByteSink]],
        on_failure: Callable[[Exception], None],
        clock: Callable[[], float] = time.monotonic,
        recorded: Recorded | None = None,
        origin: float | None = None,
    ) -> None:
        self._room = room
        self._participant_ids = set(participant_ids)
        self._open_part = open_part
        self._on_failure = on_failure
        self._clock = clock
        self._recorded = Recorded() if recorded is None else recorded
        self._captures: dict[str, Capture] = {}
        self._outlets: dict[Part, _Outlet] = {}
        self._closing: dict[asyncio.Task[None], str] = {}  # → participant
        self._ticker: asyncio.Task[None] | None = None
        self._origin = origin
        self._failed = False

    @property
    def origin(self) -> float | None:
        """Where the time line begins, by `clock`; none before the first `start`,
        unless it was given.
        """
        return self._origin

    def start(self) -> None:
        """Record from now on; after `stop` new parts are begun on the same time line."""
        if self._ticker is not None or self._failed:
            return
        self._origin = self._clock() if self._origin is None else self._origin
        self._ticker = asyncio.create_task(self._tick())
        for participant_id in self._participant_ids:
            self._tap(participant_id)

    def cut(self) -> None:
        """Nothing is captured from this very moment on; `stop` is still to be awaited."""
        if self._ticker is not None:
            self._ticker.cancel()
            self._ticker = None
        for participant_id in list(self._captures):
            self._untap(participant_id)

    async def stop(self) -> None:
        """Write what was received until now and close every part, for as long
        as the slowest sink takes.

        Nothing is captured any more from the first moment on; whoever cannot wait need not.
        """
        self.cut()
        await self._closed(set(self._closing))

    def add(self, participant_id: str) -> None:
        """Record this participant too."""
        if participant_id not in self._participant_ids:
            self._participant_ids.add(participant_id)
            if self._ticker is not None:
                self._tap(participant_id)

    async def remove(self, participant_id: str) -> None:
        """Close this participant's parts and record no more of them."""
        self._participant_ids.discard(participant_id)
        self._untap(participant_id)
        await self._closed(
            {task for task, owner in self._closing.items() if owner == participant_id}
        )

    def fail(self, error: Exception) -> None:
        """The recording cannot go on, for instance because a sink's disk is full."""
        if not self._failed:
            self._failed = True
            _log.error("the recording failed: %s", type(error).__name__)
            # Not at once: a sink may call from within its write.
            asyncio.get_running_loop().call_soon(self._give_up, error)

    def _give_up(self, error: Exception) -> None:
        self.cut()
        self._on_failure(error)

    def _tap(self, participant_id: str) -> None:
        capture = Capture(
            partial(self._begin, participant_id),
            partial(self._end, participant_id),
            partial(self._room.request_keyframe, participant_id),
            self.fail,
            self._recorded,
        )
        self._captures[participant_id] = capture
        self._room.tap(participant_id, capture)

    def _untap(self, participant_id: str) -> None:
        capture = self._captures.pop(participant_id, None)
        if capture is not None:
            self._room.untap(participant_id, capture)
            capture.tick(self._clock())
            capture.finish()

    async def _tick(self) -> None:
        for number in itertools.count():
            await asyncio.sleep(TICK)
            for participant_id, capture in list(self._captures.items()):
                if number % MEASURED_EACH == 0:
                    capture.round_trip(self._room.round_trip(participant_id))
                capture.tick(self._clock())

    async def _closed(self, tasks: set[asyncio.Task[None]]) -> None:
        if tasks:
            await asyncio.wait(tasks)

    def _begin(
        self,
        participant_id: str,
        source: PartSource,
        video: VideoFormat | None,
        zero: float,
        *,
        audio: bool,
    ) -> Part:
        origin = self._origin or 0.0
        # Nothing is from before the start, whatever a sender says about its clock.
        zero = max(zero, origin)
        offset_ms = round((zero - origin) * 1000)
        description = PartDescription(
            participant_id, source, media_type(video, audio=audio), offset_ms
        )
        outlet = _Outlet(self.fail)
        part = Part(video, zero, outlet.write, audio=audio, tell=self._recorded.tell)
        outlet.open(self._open_part(description))
        self._outlets[part] = outlet
        return part

    def _end(self, participant_id: str, part: Part, until: float | None) -> None:
        try:
            part.close(until)
        except Exception as error:
            self.fail(error)
        task = asyncio.create_task(self._outlets.pop(part).close(_summary(part)))
        self._closing[task] = participant_id
        task.add_done_callback(self._closing.pop)


def _summary(part: Part) -> PartSummary:
    try:
        return part.summary()
    except NothingPlayableError:
        return NOTHING


class _Outlet:
    """A part's octets on the way to its sink, which may still be being opened."""

    def __init__(self, failed: Callable[[Exception], None]) -> None:
        self._failed = failed
        self._held = bytearray()
        self._sink: ByteSink | None = None
        self._opening: asyncio.Task[None] | None = None

    def open(self, opening: Awaitable[ByteSink]) -> None:
        self._opening = asyncio.create_task(self._open(opening))

    def write(self, data: bytes) -> None:
        if self._sink is not None:
            self._sink.write(data)
        elif len(self._held) + len(data) <= MAX_HELD:
            self._held += data
        else:
            raise TimeoutError("the sink of a part was not opened in time")

    async def close(self, summary: PartSummary) -> None:
        try:
            if self._opening is not None:
                await self._opening
            if self._sink is not None:
                await self._sink.close(summary)
        except Exception as error:
            self._failed(error)

    async def _open(self, opening: Awaitable[ByteSink]) -> None:
        try:
            sink = await opening
        except Exception as error:
            self._failed(error)
            return
        sink.write(bytes(self._held))
        self._held.clear()
        self._sink = sink
