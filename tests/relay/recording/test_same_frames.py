"""The C of the recorder and its readable twin: the same packets in, the same frames, counts
and octets out.
"""

import random
from collections.abc import Iterator, Sequence

import pytest

from relay.recording._recording import Placement, SenderClock, Timeline
from relay.recording.depacketize import Frame, SoundDepacketizer, VideoDepacketizer
from relay.recording.seekable import Index
from relay.recording.webm import Muxer, VideoFormat
from relay.tap import Packet
from tests.relay import rtpsource, sanitized
from tests.relay.recording.reference import depacketize as reference
from tests.relay.recording.reference import placement as reference_placement
from tests.relay.recording.reference import timeline as reference_timeline
from tests.relay.recording.reference import webm as reference_webm
from tests.relay.rtpsource import FRAME_RATE, H264, VP8, Sender, pictures, tone

SEEDS = range(8)
AGGREGATE = b"\x78\x00\x03\x67ab\x00\x02\x68c\x00\x05\x65defg"
"""Parameter sets and a keyframe in one packet (STAP-A)."""


def as_told(frames: list[Frame]) -> list[tuple[bytes, bool, int, float, bool]]:
    return [
        (frame.data, frame.keyframe, frame.timestamp, frame.arrival, frame.lost) for frame in frames
    ]


def broken(chance: random.Random, payload: bytes) -> bytes:
    """Nearly always as it was."""
    kind = chance.random()
    if kind < 0.03:
        return chance.randbytes(chance.randrange(6))
    if kind < 0.06:
        return payload[: chance.randrange(1, 1 + min(8, len(payload)))]
    if kind < 0.1:
        place = chance.randrange(min(4, len(payload)))
        return payload[:place] + chance.randbytes(1) + payload[place + 1 :]
    return payload if kind < 0.98 else b""


def stream(chance: random.Random, codec: str) -> list[tuple[int, list[Packet]]]:
    """What was lost before some packets, and these."""
    sender = Sender("camera", VP8 if codec == "VP8" else H264)
    encoded = [data for data, _ in pictures(codec, 30, keyframe_every=7)]
    fed = []
    for number in range(90):
        for sent in sender.frame(encoded[number % 30], number / FRAME_RATE):
            timestamp, marker, payload, arrival = rtpsource.packets(sent)[2][0]
            if codec == "H264" and chance.random() < 0.05:
                payload = AGGREGATE[: chance.randint(1, len(AGGREGATE))]
            packet = timestamp, marker != (chance.random() < 0.03), broken(chance, payload), arrival
            fed.append((chance.choice((1, 70_000)) if chance.random() < 0.03 else 0, [packet]))
    return fed


def sound(chance: random.Random) -> list[tuple[int, list[Packet]]]:
    return [
        (int(chance.random() < 0.05), [(960 * number, False, broken(chance, payload), number / 50)])
        for number, payload in enumerate(tone(200))
    ]


def compare_pictures(seed: int, codec: str) -> None:
    ours, theirs = VideoDepacketizer(codec), reference.VideoDepacketizer(codec)
    for lost, packets in stream(random.Random(seed), codec):
        assert as_told(ours.feed(lost, packets)) == as_told(theirs.feed(lost, packets))
        assert (ours.needs_keyframe, ours.unreadable, ours.discarded) == (
            theirs.needs_keyframe,
            theirs.unreadable,
            theirs.discarded,
        )


def compare_sound(seed: int) -> None:
    ours, theirs = SoundDepacketizer(), reference.SoundDepacketizer()
    for lost, packets in sound(random.Random(seed)):
        assert as_told(ours.feed(lost, packets)) == as_told(theirs.feed(lost, packets))
        assert ours.unreadable == theirs.unreadable


def compare_files(seed: int, codec: str | None) -> None:
    """Of pictures and sound that are ahead of each other by anything, stand still,
    and come in bursts.
    """
    encoded = pictures(codec, 30, keyframe_every=7) if codec else []
    video = VideoFormat.of(codec, encoded[0][0]) if codec else None
    ours, theirs, indices = list[bytes](), list[bytes](), (Index(), Index())
    muxer = Muxer(video, audio=True, index=indices[0])
    reference_muxer = reference_webm.Muxer(video, audio=True, index=indices[1])
    for data, keyframe, time in in_turns(random.Random(seed), encoded):
        if keyframe is None:
            ours.extend(muxer.audio(data, time * 48))
            theirs.extend(reference_muxer.audio(data, time * 48))
        else:
            ours.extend(muxer.video(Frame(data, keyframe, 0, 0.0), time))
            theirs.extend(reference_muxer.video(Frame(data, keyframe, 0, 0.0), time))
    assert ours + muxer.close() == theirs + reference_muxer.close()
    assert indices[0].summary() == indices[1].summary()


RATES = 48_000, 90_000
"""Of sound and of pictures."""
Source = tuple[Timeline | reference_timeline.Timeline, Placement | reference_placement.Placement]


def our_sources() -> list[Source]:
    sender = SenderClock()
    return [(line, Placement(line)) for line in (Timeline(rate, sender) for rate in RATES)]


def their_sources() -> list[Source]:
    sender = reference_timeline.SenderClock()
    lines = [reference_timeline.Timeline(rate, sender) for rate in RATES]
    return [(line, reference_placement.Placement(line, line.rate)) for line in lines]


def take(source: Source, what: str, *told: float) -> list[tuple[Frame, float]]:
    """The frames whose times are known after that."""
    timeline, placement = source
    if what == "report":
        timestamp = timeline.unwrap(int(told[1]))
        timeline.sender_report(int(told[0]), timestamp, told[2])
        return placement.reported(timestamp)
    if what == "frame":
        return placement.add([Frame(b"", True, int(told[0]), told[1])])
    return placement.expire(*told) if what == "expire" else placement.flush()


def compare_times(seed: int) -> None:
    """Over a network that holds packets up, of devices that stand still and clocks that are set."""
    chance, ours, theirs = random.Random(seed), our_sources(), their_sources()
    bases = [chance.getrandbits(32) for _ in RATES]
    asleep, set_by, held_until = 0.0, chance.uniform(0, 1e9), 0.0
    reporting = chance.random() < 0.7
    turns: list[tuple[int, str, tuple[float, ...]]] = []
    for number in range(3000):
        now, source = 5 + number * 0.02, number % 2
        if chance.random() < 0.005:
            asleep += chance.choice((0.04, 0.3, 2.0, 12.0, -3.0))
        if chance.random() < 0.003:
            set_by += chance.uniform(-100, 100)
        if chance.random() < 0.01:
            held_until = now + chance.uniform(0, 3)
        arrival = max(now + 0.03 + chance.uniform(0, 0.03), held_until)
        timestamp = (bases[source] + round((now - asleep) * RATES[source])) & 0xFFFFFFFF
        if reporting and chance.random() < 0.02:
            turns.append((source, "report", (round((now + set_by) * 2**32), timestamp, arrival)))
        if chance.random() < 0.9:
            turns.append((source, "frame", (timestamp, arrival)))
        if chance.random() < 0.1:
            turns.append((source, "expire", (arrival,)))
    placed = 0
    for source, what, told in [*turns, (0, "flush", ()), (1, "flush", ())]:
        mine, other = take(ours[source], what, *told), take(theirs[source], what, *told)
        assert as_told([frame for frame, _ in mine]) == as_told([frame for frame, _ in other])
        assert [time for _, time in mine] == pytest.approx([time for _, time in other], abs=1e-6)
        placed += len(mine)
    assert placed == sum(what == "frame" for _, what, _ in turns)


def in_turns(
    chance: random.Random, encoded: Sequence[tuple[bytes, bool]]
) -> Iterator[tuple[bytes, bool | None, int]]:
    """Pictures and packets of sound, of which the latter are no keyframes at all,
    and their times in ms.

    From the beginning on or from where a time takes an octet more, of any size, and now and then
    further back than a block can tell.
    """
    picture_at = sound_at = chance.choice((0, (1 << 16) - 5000, (1 << 24) - 5000, (1 << 32) - 5000))
    for number in range(1500):
        while encoded and picture_at < sound_at and chance.random() < 0.9:
            yield *encoded[number % 30], picture_at
            picture_at += chance.choice((1, 33, 33, 33, 700))
        size = 50_000 if chance.random() < 0.01 else chance.randrange(200)
        yield chance.randbytes(size), None, sound_at
        step = -30_010 if chance.random() < 0.01 else chance.choice((20, 20, 20, 800))
        sound_at = max(0, sound_at + step)


@pytest.mark.parametrize("codec", ["VP8", "H264"])
@pytest.mark.parametrize("seed", SEEDS)
def test_pictures_are_put_together_alike(seed: int, codec: str) -> None:
    compare_pictures(seed, codec)


@pytest.mark.parametrize("seed", SEEDS)
def test_sound_is_read_alike(seed: int) -> None:
    compare_sound(seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_times_are_given_alike(seed: int) -> None:
    compare_times(seed)


@pytest.mark.parametrize("codec", ["VP8", "H264", None])
@pytest.mark.parametrize("seed", SEEDS)
def test_files_are_written_alike(seed: int, codec: str | None) -> None:
    compare_files(seed, codec)


SANITIZED = """
from relay.recording import depacketize
assert depacketize.VideoDepacketizer is sys.modules["relay.recording._recording"].VideoDepacketizer
from tests.relay.recording.test_same_frames import (
    compare_files, compare_pictures, compare_sound, compare_times,
)
for seed in range(100, 103):
    compare_sound(seed)
    compare_times(seed)
    for codec in ("VP8", "H264"):
        compare_pictures(seed, codec)
        compare_files(seed, codec)
"""


@pytest.mark.timeout(sanitized.LONGEST)
def test_the_same_under_sanitizers() -> None:
    sanitized.run(sanitized.extension("recording"), SANITIZED)
