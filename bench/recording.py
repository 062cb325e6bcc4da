"""CPU that recording takes, stage by stage, beside the floor:
the muxing of ready-made frames alone.

    .venv/bin/python -m bench.recording [--seconds 30]

Two participants of a call send 150 video and 50 audio packets a second each, 400 together. The
packets go through the engine, unprotected there as in a call, which is not counted; it hands over
what it has every 0.1 s of their time, and they come as fast as they are taken. Each stage is a run
of its own, less the run before it:

    drain     from the engine to the tap
    frames    in order, without headers, with times of capture
    muxing    WebM clusters and their index
    vault     encrypting, writing and syncing them in threads; in real time, as it goes by the clock

`turn_us` is the CPU time for which the event loop does nothing else. JSON on standard output and in
build/bench/recording.json.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

from bench import tapped
from bench.results import percentile
from bench.tapped import Datagram, Room
from relay.media import Codec, PartSource, Source
from relay.recorder import PartDescription, PartSummary, Recorder
from relay.recording.capture import Capture
from relay.recording.depacketize import Frame
from relay.recording.losses import Account
from relay.recording.part import Part
from relay.recording.webm import Muxer, VideoFormat
from storage.vault.container import PartIdentity
from storage.vault.writer import PartWriter

TICK = 0.1  # s
WARMING = 1.5  # s
CALLS = 24
PACKET_RATE = 2 * tapped.PACKET_RATE  # of a call
BAR_CORE_PERCENT = 1.0
RESULT = Path("build/bench/recording.json")


class Deaf:
    """A tap that does nothing."""

    def rtp(self, source: Source, codec: Codec, *packets: object) -> None: ...
    def sender_report(
        self, source: Source, ntp_time: int, rtp_timestamp: int, arrival: float
    ) -> None: ...
    def lost(self, source: Source, packets: int) -> None: ...
    def source_ended(self, source: Source) -> None: ...


class Unwritten(Part):
    """A part that takes frames and forgets them."""

    def __init__(
        self, source: PartSource, video: VideoFormat | None, zero: float, *, audio: bool
    ) -> None:
        self.kind = source, zero, audio
        self.codec = video.codec if video else None
        self.account = Account()

    def video(self, frame: Frame, time: float) -> None: ...
    def audio(self, frame: Frame, time: float) -> None: ...


class Nowhere:
    """A sink that keeps what it is given, or only counts it."""

    def __init__(self, kept: list[bytes] | None) -> None:
        self._kept = kept

    def write(self, data: bytes) -> None:
        if self._kept is not None:
            self._kept.append(data)

    async def close(self, summary: PartSummary) -> None:
        assert summary.duration_ms > 0


class Vault:
    """A sink that encrypts and stores."""

    def __init__(self, writer: PartWriter) -> None:
        self._writer = writer
        self.write = writer.write

    async def close(self, summary: PartSummary) -> None:
        sealed = await self._writer.close()
        assert sealed.size_bytes > summary.body_offset


class Load:
    """So many calls, for so many seconds of their time."""

    def __init__(self, calls: int, seconds: float) -> None:
        self.calls, self.seconds = calls, seconds
        self.packets = round(calls * seconds * PACKET_RATE)
        """Of the turns that count."""
        self.keys = tapped.new_keys()
        self.media: list[Datagram] = tapped.media(self.keys, WARMING + seconds)

    def room(self) -> Room:
        return Room(self.keys, 2 * self.calls)

    def steady(self, turns: list[float]) -> list[float]:
        """Those after all parts were begun."""
        return turns[round(len(turns) * WARMING / (WARMING + self.seconds)) :]


def drained(load: Load) -> list[float]:
    """CPU seconds of each turn."""
    room = load.room()
    for participant_id in room.peers:
        room.tap(participant_id, Deaf())
    turns = [turn.cpu for turn in room.hear(load.media, lambda _: None)]
    room.close()
    return load.steady(turns)


def framed(load: Load) -> list[float]:
    """With everything up to the muxer."""
    room, failures = load.room(), list[Exception]()

    for participant_id in room.peers:
        room.tap(
            participant_id, Capture(Unwritten, lambda _, __: None, lambda _: None, failures.append)
        )
    turns = [turn.cpu for turn in room.hear(load.media, ticking(room))]
    room.close()
    assert not failures, failures
    return load.steady(turns)


async def muxed(load: Load, kept: list[bytes] | None = None) -> list[float]:
    """The whole recorder, up to its sinks; `kept` is given the octets of the first."""
    room, failures, opened = load.room(), list[Exception](), [kept]

    async def open_part(_: PartDescription) -> Nowhere:
        return Nowhere(opened.pop() if opened else None)

    recorder = Recorder(
        room, list(room.peers), open_part, failures.append, clock=lambda: load.media[0].time
    )
    recorder.start()
    turns = []
    for turn in room.hear(load.media, ticking(room)):
        begin = time.thread_time()
        await asyncio.sleep(0)
        turns.append(turn.cpu + time.thread_time() - begin)
    await recorder.stop()
    room.close()
    assert not failures, failures
    return load.steady(turns)


def ticking(room: Room) -> Callable[[float], None]:
    """The ticks of a recorder, in the time of the packets."""
    due = [0.0]

    def tick(now: float) -> None:
        if now >= due[0]:
            due[0] = now + TICK
            for capture in room.taps:
                assert isinstance(capture, Capture)
                capture.tick(now)

    return tick


async def stored(calls: int, clusters: list[bytes], seconds: int) -> float:
    """CPU seconds of storing a cluster a second for each participant, at even distances."""
    with tempfile.TemporaryDirectory(dir=RESULT.parent) as folder:
        identities = [PartIdentity(uuid4().hex, uuid4().hex) for _ in range(2 * calls)]
        create = partial(PartWriter.create, data_key=bytes(32), on_error=print)
        writers = [await create(Path(folder, one.part_id), identity=one) for one in identities]
        due, elsewhere = time.monotonic(), time.process_time() - time.thread_time()
        writing = 0.0
        for second in range(seconds):
            for writer in writers:
                due += 1 / len(writers)
                await asyncio.sleep(due - time.monotonic())
                begin = time.thread_time()
                writer.write(clusters[second % len(clusters)])
                writing += time.thread_time() - begin
        cpu = time.process_time() - time.thread_time() - elsewhere + writing
        await asyncio.gather(*(writer.close() for writer in writers))
    return cpu / seconds


def floor(seconds: int) -> float:
    """CPU seconds of muxing the ready-made frames of a call."""
    keyframe, interframe = (
        start + bytes(tapped.PACKETS_A_FRAME * tapped.PAYLOAD)
        for start in (tapped.KEYFRAME, tapped.INTERFRAME)
    )
    started = time.process_time()
    for _ in range(2):
        muxer = Muxer(VideoFormat.of("VP8", keyframe), audio=True)
        for number in range(seconds * 50):
            muxer.audio(b"\x78" + bytes(tapped.SOUND), number * 960)
            for picture in range(number * 3 // 5, (number + 1) * 3 // 5):
                first = picture % tapped.KEYFRAME_EVERY == 0
                data = keyframe if first else interframe
                muxer.video(Frame(data, first, 0, 0.0), picture * 1000 // tapped.FRAME_RATE)
        muxer.close()
    return time.process_time() - started


async def stages(load: Load, clusters: list[bytes], seconds: int) -> dict[str, object]:
    """Each stage of the calls, in microseconds a packet."""
    runs = [drained(load), framed(load), turns := await muxed(load)]
    totals = [0.0, *(1e6 * sum(run) / load.packets for run in runs)]
    costs = dict(
        zip(
            ("drain", "frames", "muxing"),
            (late - early for early, late in pairwise(totals)),
            strict=True,
        )
    )
    recorder = sum(costs.values())
    costs["vault"] = 1e6 * await stored(load.calls, clusters, seconds) / (load.calls * PACKET_RATE)
    return {
        "calls": load.calls,
        "packets_per_second": load.calls * PACKET_RATE,
        "us_per_packet": {name: round(cost, 2) for name, cost in costs.items()},
        "recorder_us_per_packet": round(recorder, 2),
        "recorder_and_vault_us_per_packet": round(recorder + costs["vault"], 2),
        "core_percent_a_call": round((recorder + costs["vault"]) * PACKET_RATE / 1e4, 3),
        "turn_us": {
            name: round(1e6 * percentile(turns, fraction))
            for name, fraction in (("median", 0.5), ("p99", 0.99), ("max", 1.0))
        },
    }


async def measure(seconds: int) -> dict[str, object]:
    """All in one run, so that the numbers can be compared."""
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    bare, kept = floor(seconds), list[bytes]()
    one = Load(1, seconds)
    await muxed(one, kept)
    clusters = [piece for piece in kept if len(piece) > 1000]
    return {
        "floor_mux_only_core_percent": round(100 * bare / seconds, 3),
        "bar_core_percent": BAR_CORE_PERCENT,
        "one_call": await stages(one, clusters, max(3, seconds // 6)),
        "many_calls": await stages(Load(CALLS, seconds / 10), clusters, max(3, seconds // 6)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU of recording calls, stage by stage.")
    parser.add_argument(
        "--seconds", type=int, default=30, help="time that the packets of one call span"
    )
    result = json.dumps(asyncio.run(measure(parser.parse_args().seconds)), indent=2)
    RESULT.write_text(result + "\n")
    print(result)


if __name__ == "__main__":
    main()
