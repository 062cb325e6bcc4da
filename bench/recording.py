"""CPU that recording a 1:1 720p call takes, as a share of one core, beside the floor: libav's muxing alone.

    .venv/bin/python -m bench.recording [--seconds 120]

Two participants send 150 video and 50 audio packets a second each, 400 together. The packets go in as fast as they
are taken, with the ticks of their time between them; process time is divided by the time that they span. `recorder`
is everything behind the tap up to the octets of the clusters, `vault` adds encrypting and writing them to files in a
thread. `call_us` is the CPU time of single calls of the tap, during which nothing can be forwarded. JSON on standard
output and in build/bench/recording.json.
"""

import argparse
import asyncio
import json
import random
import struct
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from relay.media import Codec, Source
from relay.recorder import PartDescription, PartSummary, Recorder
from relay.recording.capture import Capture
from relay.recording.depacketize import Frame
from relay.recording.webm import Muxer, VideoFormat
from relay.tap import Tap
from storage.vault.container import PartIdentity
from storage.vault.writer import PartWriter

VP8 = Codec(96, "VP8", 90000)
OPUS = Codec(111, "opus", 48000, 2)
PACKETS_A_FRAME = 5
FRAME_RATE = 30
PAYLOAD = 1050  # octets; 1.3 Mbit/s of video
SOUND = 80  # octets; 32 kbit/s
TICKS = 10  # a second
KEYFRAME = b"\x10\x02\x00\x9d\x01\x2a" + struct.pack("<HH", 1280, 720)
INTERFRAME = b"\x11\x02\x00"
RESULT = Path("build/bench/recording.json")


class Packet(NamedTuple):
    time: float
    source: Source
    codec: Codec
    data: bytes


def packets(seconds: int) -> list[Packet]:
    """One participant's, in order of arrival, with a header extension as browsers send it."""
    made = []
    noise = random.Random(1).randbytes(PAYLOAD)
    for number in range(seconds * FRAME_RATE):
        first = KEYFRAME if number % (10 * FRAME_RATE) == 0 else INTERFRAME
        for piece in range(PACKETS_A_FRAME):
            payload = b"\x10" + first + noise[len(first) :] if piece == 0 else b"\x00" + noise
            sequence = number * PACKETS_A_FRAME + piece
            head = 96 | (0x80 if piece == PACKETS_A_FRAME - 1 else 0), sequence & 0xFFFF, number * 3000, 1
            made.append(Packet(number / FRAME_RATE + piece * 0.0005, "camera", VP8, rtp(head, payload)))
    for number in range(seconds * 50):
        head = 111, number & 0xFFFF, number * 960, 2
        made.append(Packet(number / 50, "microphone", OPUS, rtp(head, b"\x78" + noise[:SOUND])))
    return sorted(made, key=lambda packet: packet.time)


def rtp(head: tuple[int, int, int, int], payload: bytes) -> bytes:
    extensions = bytes.fromhex("bede0003220000003100014031000000")
    return struct.pack("!BBHII", 0x90, *head) + extensions + payload


def floor(seconds: int) -> float:
    """CPU seconds of muxing both participants' frames that are ready made."""
    keyframe, interframe = (start + bytes(PACKETS_A_FRAME * PAYLOAD) for start in (KEYFRAME, INTERFRAME))
    started = time.process_time()
    for _ in range(2):
        muxer = Muxer(VideoFormat.of("VP8", keyframe), audio=True)
        for number in range(seconds * 50):
            muxer.audio(b"\x78" + bytes(SOUND), number * 960)
            for picture in range(number * 3 // 5, (number + 1) * 3 // 5):
                first = picture % (10 * FRAME_RATE) == 0
                muxer.video(Frame(keyframe if first else interframe, first, 0, 0.0), picture * 1000 // FRAME_RATE)
        muxer.close()
    return time.process_time() - started


class Room:
    """Hands packets to the taps."""

    def __init__(self) -> None:
        self.taps: dict[str, Capture] = {}

    def tap(self, participant_id: str, tap: Tap) -> None:
        assert isinstance(tap, Capture)
        self.taps[participant_id] = tap

    def untap(self, participant_id: str, tap: Tap) -> None:
        pass

    def request_keyframe(self, participant_id: str, source: Source) -> None:
        pass


class Nowhere:
    """A sink that counts."""

    def __init__(self) -> None:
        self.octets = 0

    def write(self, data: bytes) -> None:
        self.octets += len(data)

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


async def recorded(
    media: list[Packet], open_part: Callable[[PartDescription], Awaitable[Nowhere | Vault]]
) -> tuple[float, list[float]]:
    """CPU seconds for both participants, and that of each call of the tap."""
    room, failures, origin = Room(), list[Exception](), time.monotonic()
    recorder = Recorder(room, ["a", "b"], open_part, failures.append, clock=lambda: origin)
    recorder.start()
    calls, ticks = [], 0
    started = time.process_time()
    for packet in media:
        if packet.time * TICKS >= ticks:
            ticks += 1
            for capture in room.taps.values():
                capture.tick(origin + packet.time)
            await asyncio.sleep(0)
        for capture in room.taps.values():
            begin = time.thread_time()
            capture.rtp(packet.source, packet.codec, packet.data, origin + packet.time)
            calls.append(time.thread_time() - begin)
    await recorder.stop()
    assert not failures, failures
    return time.process_time() - started, calls


async def measure(seconds: int) -> dict[str, object]:
    """All in one run, so that the numbers can be compared."""
    media = packets(seconds)
    bare = floor(seconds)

    async def nowhere(_: PartDescription) -> Nowhere:
        return Nowhere()

    with tempfile.TemporaryDirectory() as folder:

        async def vault(description: PartDescription) -> Vault:
            path = Path(folder, description.participant_id)
            identity = PartIdentity(uuid4().hex, uuid4().hex)
            return Vault(await PartWriter.create(path, bytes(32), identity, print))

        recorder, calls = await recorded(media, nowhere)
        stored, _ = await recorded(media, vault)
    calls.sort()
    return {
        "seconds_of_media": seconds,
        "packets_per_second": round(2 * len(media) / seconds),
        "core_percent": {
            "floor_mux_only": round(100 * bare / seconds, 3),
            "recorder": round(100 * recorder / seconds, 3),
            "recorder_and_vault": round(100 * stored / seconds, 3),
        },
        "bar_core_percent": 1.0,
        "recorder_us_per_packet": round(1e6 * recorder / (2 * len(media)), 2),
        "call_us": {
            "median": round(1e6 * calls[len(calls) // 2], 1),
            "p99": round(1e6 * calls[len(calls) * 99 // 100], 1),
            "p99.99": round(1e6 * calls[len(calls) * 9999 // 10000], 1),
            "max": round(1e6 * calls[-1], 1),
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU share of recording a 1:1 720p call.")
    parser.add_argument("--seconds", type=int, default=120, help="time that the packets span")
    result = json.dumps(asyncio.run(measure(parser.parse_args().seconds)), indent=2)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(result + "\n")
    print(result)


if __name__ == "__main__":
    main()
