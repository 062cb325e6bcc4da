"""A whole recorder between a room and its sinks: what it writes, how it ends, and
that it leaves nothing behind.
"""

import asyncio
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import pytest

from relay.media import Source
from relay.recorder import NOTHING, Losses, PartDescription, PartSummary, Recorded, Recorder, scan
from relay.tap import Tap
from tests.patience import until
from tests.relay.rtpsource import Sent, camera, microphone, packets
from tests.support.sequence import SequenceNumbers


class Room:
    """Hands a participant's packets to who taps them."""

    def __init__(self) -> None:
        self.taps: dict[str, Tap] = {}
        self.requests: list[tuple[str, Source]] = []
        self.round_trips: dict[str, float] = {}
        self.asked = 0
        self._numbers: defaultdict[tuple[str, int], SequenceNumbers] = defaultdict(SequenceNumbers)

    def tap(self, participant_id: str, tap: Tap) -> None:
        self.taps[participant_id] = tap

    def untap(self, participant_id: str, tap: Tap) -> None:
        assert self.taps.pop(participant_id) is tap

    def request_keyframe(self, participant_id: str, source: Source) -> None:
        self.requests.append((participant_id, source))

    def round_trip(self, participant_id: str) -> float | None:
        self.asked += 1
        return self.round_trips.get(participant_id)

    def play(self, participant_id: str, *streams: list[Sent], begin: float) -> None:
        """All packets at once, with arrival times from `begin` on."""
        for sent in sorted(
            (sent for stream in streams for sent in stream), key=lambda sent: sent.time
        ):
            if participant_id in self.taps:
                arrived = sent._replace(time=begin + sent.time)
                ssrc, number, heard = packets(arrived)
                sequence, _ = self._numbers[participant_id, ssrc].extend(number)
                if sequence is not None:
                    self.taps[participant_id].rtp(sent.source, sent.codec, ssrc, sequence, heard)

    def leave(self, participant_id: str) -> None:
        for source in ("microphone", "camera"):
            self.taps[participant_id].source_ended(source)


class Sink:
    """Keeps what is written."""

    def __init__(self, description: PartDescription) -> None:
        self.description = description
        self.data = bytearray()
        self.summary: PartSummary | None = None
        self.on_close: Callable[[], Awaitable[None]] | None = None

    def write(self, data: bytes) -> None:
        assert isinstance(data, bytes)
        assert self.summary is None
        self.data += data

    async def close(self, summary: PartSummary) -> None:
        self.summary = summary
        if self.on_close is not None:
            await self.on_close()

    @property
    def pictures(self) -> int:
        assert self.summary is not None
        file = self.summary.seek_header + bytes(self.data[self.summary.body_offset :])
        with av.open(BytesIO(file), "r") as container:
            return len(list(container.decode(video=0)))


class Archive:
    """Opens sinks; `opening` may be made to wait or to raise."""

    def __init__(self) -> None:
        self.sinks: list[Sink] = []
        self.failures: list[Exception] = []
        self.ready = asyncio.Event()
        self.ready.set()
        self.error: Exception | None = None

    async def open(self, description: PartDescription) -> Sink:
        await self.ready.wait()
        if self.error is not None:
            raise self.error
        self.sinks.append(Sink(description))
        return self.sinks[-1]


async def test_both_participants_are_recorded_on_one_time_line() -> None:
    room, archive, now = Room(), Archive(), [100.0]
    recorder = Recorder(
        room, ["a", "b"], archive.open, archive.failures.append, clock=lambda: now[0]
    )
    recorder.start()
    assert set(room.taps) == {"a", "b"}
    room.play("a", camera(1), microphone(1), begin=100.5)
    room.play("b", camera(1), microphone(1), begin=102.0)
    now[0] = 103.0
    await recorder.stop()
    first, second = archive.sinks
    assert (first.description.participant_id, second.description.participant_id) == ("a", "b")
    assert first.description.offset_ms == pytest.approx(500, abs=50)
    assert second.description.offset_ms == pytest.approx(2000, abs=50)
    assert (first.pictures, second.pictures) == (30, 30)
    assert first.summary == replace(scan([bytes(first.data)]), losses=Losses())
    assert room.taps == {}
    assert archive.failures == []


async def test_what_was_recorded_and_what_there_was_no_time_for_is_counted() -> None:
    room, archive, recorded = Room(), Archive(), Recorded()
    recorder = Recorder(
        room, ["a"], archive.open, archive.failures.append, clock=lambda: 100.0, recorded=recorded
    )
    recorder.start()
    room.play("a", camera(1), microphone(1), begin=100.5)
    room.taps["a"].lost("camera", 3)
    await recorder.stop()
    assert recorded.frames == {"camera": 30, "microphone": 50}
    assert recorded.lost_packets == {"camera": 3}


async def test_a_pause_begins_new_parts_on_the_same_time_line() -> None:
    room, archive, now = Room(), Archive(), [0.0]
    recorder = Recorder(room, ["a"], archive.open, archive.failures.append, clock=lambda: now[0])
    recorder.start()
    room.play("a", camera(1), begin=0.0)
    await recorder.stop()
    await recorder.stop()
    now[0] = 60.0
    recorder.start()
    room.play("a", camera(1), begin=61.0)
    await recorder.stop()
    assert [round(sink.description.offset_ms, -2) for sink in archive.sinks] == [0, 61000]
    assert [sink.pictures for sink in archive.sinks] == [30, 30]


async def test_what_was_captured_before_the_start_is_not_recorded_as_such() -> None:
    """A sender's clock may claim anything; the time line begins at 0 all the same."""
    room, archive = Room(), Archive()
    recorder = Recorder(room, ["a"], archive.open, archive.failures.append, clock=lambda: 100.0)
    recorder.start()
    room.play("a", microphone(1), begin=99.5)
    await recorder.stop()
    assert archive.sinks[0].description.offset_ms == 0


async def test_participants_come_and_go() -> None:
    room, archive = Room(), Archive()
    recorder = Recorder(room, ["a"], archive.open, archive.failures.append)
    recorder.start()
    recorder.add("b")
    recorder.add("b")
    room.play("b", microphone(1), begin=time.monotonic())
    await recorder.remove("b")
    assert set(room.taps) == {"a"}
    assert [sink.description.participant_id for sink in archive.sinks if sink.summary] == ["b"]
    room.play("a", microphone(1), begin=time.monotonic())
    room.leave("a")
    await until(lambda: len(archive.sinks) == 2 and archive.sinks[1].summary)
    room.play("a", microphone(1), begin=time.monotonic())
    await recorder.stop()
    assert len(archive.sinks) == 3


async def test_what_is_lost_is_waited_for_as_long_as_the_round_trip_takes() -> None:
    """A packet comes again 1.3 s after the one behind it; nobody waits so long
    where the way is short.
    """
    kept = []
    for seconds in (0.05, 0.6):
        room, archive = Room(), Archive()
        room.round_trips["a"] = seconds
        recorder = Recorder(room, ["a"], archive.open, archive.failures.append)
        recorder.start()
        room.play("a", camera(0.1), begin=time.monotonic())
        await until(lambda room=room: room.asked)  # type: ignore[misc]
        sent = camera(4)[len(camera(0.1)) :]
        late = sent[30]._replace(time=sent[30].time + 1.3)
        room.play("a", [*sent[:30], late, *sent[31:]], begin=time.monotonic())
        await recorder.stop()
        kept.append(archive.sinks[0].pictures)
    assert kept[0] < 30
    assert kept[1] == 120


async def test_media_waits_for_a_sink_that_opens_slowly() -> None:
    room, archive = Room(), Archive()
    archive.ready.clear()
    recorder = Recorder(room, ["a"], archive.open, archive.failures.append)
    recorder.start()
    room.play("a", camera(2), begin=time.monotonic())
    stopping = asyncio.create_task(recorder.stop())
    await asyncio.sleep(0)
    archive.ready.set()
    await stopping
    assert archive.sinks[0].pictures == 60


async def test_a_sink_that_cannot_be_opened_ends_the_recording_once() -> None:
    room, archive = Room(), Archive()
    archive.error = OSError("disk full")
    recorder = Recorder(room, ["a", "b"], archive.open, archive.failures.append)
    recorder.start()
    room.play("a", camera(1), begin=time.monotonic())
    room.play("b", camera(1), begin=time.monotonic())
    await until(lambda: archive.failures)
    assert room.taps == {}
    await recorder.stop()
    recorder.start()
    assert room.taps == {}
    assert archive.failures == [archive.error]


async def test_a_sink_that_fails_while_writing_ends_the_recording_and_closes_all() -> None:
    room, archive = Room(), Archive()
    recorder = Recorder(room, ["a", "b"], archive.open, archive.failures.append)
    recorder.start()
    room.play("a", camera(1), begin=time.monotonic())
    room.play("b", camera(1), begin=time.monotonic())
    await until(lambda: len(archive.sinks) == 2)
    sink: Any = archive.sinks[0]
    sink.write = lambda _: recorder.fail(OSError("disk full"))
    room.play("a", camera(3), begin=time.monotonic() + 1)
    await until(lambda: archive.failures)
    await recorder.stop()
    assert all(sink.summary is not None for sink in archive.sinks)
    assert [str(failure) for failure in archive.failures] == ["disk full"]
    assert archive.sinks[1].pictures == 30


async def test_a_sink_that_cannot_be_closed_is_a_failure_too() -> None:
    room, archive = Room(), Archive()
    recorder = Recorder(room, ["a"], archive.open, archive.failures.append)
    recorder.start()
    room.play("a", camera(1), begin=time.monotonic())
    await until(lambda: archive.sinks)
    archive.sinks[0].on_close = lambda: asyncio.sleep(0, 1 / 0)  # type: ignore[arg-type]
    await recorder.stop()
    await until(lambda: archive.failures)


async def test_a_sink_is_closed_for_as_long_as_its_disk_takes() -> None:
    room, archive = Room(), Archive()
    recorder = Recorder(room, ["a"], archive.open, archive.failures.append)
    recorder.start()
    room.play("a", camera(1), begin=time.monotonic())
    await until(lambda: archive.sinks)
    closing, disk = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        closing.set()
        await disk.wait()

    archive.sinks[0].on_close = hang
    stopping = asyncio.create_task(recorder.stop())
    await closing.wait()
    assert room.taps == {}, "nothing is captured meanwhile"
    assert not stopping.done()
    disk.set()
    await stopping
    assert archive.failures == []
    assert archive.sinks[0].summary is not None


async def test_an_error_of_the_muxer_ends_the_recording_and_not_the_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room, archive = Room(), Archive()
    monkeypatch.setattr("relay.recording.webm.Muxer.__init__", lambda *_, **__: 1 / 0)
    recorder = Recorder(room, ["a"], archive.open, archive.failures.append)
    recorder.start()
    room.play("a", camera(1), begin=time.monotonic())
    await until(lambda: archive.failures)
    await recorder.stop()
    assert isinstance(archive.failures[0], ZeroDivisionError)
    assert archive.sinks == []


async def test_keyframes_are_asked_for_while_nothing_can_be_shown() -> None:
    room, archive = Room(), Archive()
    recorder = Recorder(room, ["a"], archive.open, archive.failures.append)
    recorder.start()
    room.play("a", camera(1)[20:], begin=time.monotonic())
    await until(lambda: ("a", "camera") in room.requests)
    await recorder.stop()


async def test_nothing_is_written_but_to_the_sinks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file anywhere: neither one that stays nor one that was open in between."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    room, archive = Room(), Archive()
    recorder = Recorder(room, ["a"], archive.open, archive.failures.append)
    recorder.start()
    before = open_files()
    room.play("a", camera(2), microphone(2), begin=time.monotonic())
    during = open_files()
    await recorder.stop()
    assert archive.sinks[0].summary not in (None, NOTHING)
    assert during == before
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - pathlib's is refused in a coroutine


def open_files() -> set[Path]:
    return {entry.readlink() for entry in Path("/proc/self/fd").iterdir() if entry.exists()}
