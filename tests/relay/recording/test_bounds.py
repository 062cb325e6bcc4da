"""Whatever a peer sends, it costs no more than its size, is bounded, and ends no recording."""

import random
import struct
import sys
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.media import Codec, Source
from relay.recording import depacketize, h264
from relay.recording.capture import MAX_EARLY
from relay.recording.depacketize import MAX_PICTURE, MAX_PIECES, VideoDepacketizer, picture_size
from relay.recording.jitterbuffer import MAX_STEP, JitterBuffer
from relay.recording.seekable import Index
from relay.recording.webm import Muxer, VideoFormat
from relay.tap import Packet
from tests.relay.recording.session import PPS, SPS
from tests.relay.recording.studio import Studio
from tests.relay.rtpsource import H264, OPUS, VP8, Sender, camera, microphone, pictures
from tests.support.effort import effort


@pytest.mark.parametrize("piece", [1200, 1, 0])
def test_a_picture_without_end_is_given_up(piece: int) -> None:
    """At 1,200 octets a packet, at one, and at none behind the descriptor."""
    depacketizer = VideoDepacketizer("VP8")
    keyframe = b"\x10" + pictures("VP8", 1)[0].data
    packets = min(MAX_PICTURE // max(piece, 1), MAX_PIECES) + 100
    depacketizer.feed(0, [(1, False, keyframe, 0.0)])
    assert depacketizer.feed(0, [(1, False, bytes(1 + piece), 0.0)] * packets) == []
    assert depacketizer.unreadable > packets - 200
    assert sys.getsizeof(depacketizer) < 20_000, "what was kept of it is given back"
    (frame,) = depacketizer.feed(0, [(2, True, keyframe, 0.0)])
    assert frame.keyframe


def test_a_picture_as_large_as_any_browser_sends_is_kept() -> None:
    depacketizer = VideoDepacketizer("VP8")
    keyframe = pictures("VP8", 1)[0].data
    first = (1, False, b"\x10" + keyframe, 0.0)
    rest = [(1, number == 3999, b"\x00" + bytes(1200), 0.0) for number in range(4000)]
    (frame,) = depacketizer.feed(0, [first, *rest])
    assert len(frame.data) == len(keyframe) + 4000 * 1200


@pytest.mark.parametrize("filler", [b"\x00", b"\x01", b"\x80", b"\xff", b"\x00\x00\x03"])
def test_a_parameter_set_is_read_as_far_as_one_goes(
    filler: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of 100 kB would have stopped the event loop for seconds."""
    taken: list[int] = []
    take = h264._Bits.take

    def counting(bits: h264._Bits, count: int) -> int:
        taken.append(count)
        return take(bits, count)

    monkeypatch.setattr(h264._Bits, "take", counting)
    for profile in (0x42, 0x64):
        with suppress(ValueError):
            h264.picture_size(b"\0\0\0\1\x67" + bytes([profile, 0, 40]) + filler * 100_000)
    assert len(taken) < 2 * 8 * 1024
    assert max(taken, default=0) <= 32


@pytest.mark.parametrize("sets", [(1, 100_000), (300, 5), (40, 5)])
def test_parameter_sets_that_no_file_can_hold_are_refused(sets: tuple[int, int]) -> None:
    count, size = sets
    spoilt = b"".join(b"\0\0\0\1\x68" + b"\x55" * size for _ in range(count))
    with pytest.raises(ValueError, match="too many or too long"):
        VideoFormat.of("H264", b"\0\0\0\1" + SPS + spoilt + b"\0\0\0\1\x65" + bytes(20))


def test_a_keyframe_without_picture_parameters_begins_no_file() -> None:
    with pytest.raises(ValueError, match=r"no H\.264 picture"):
        VideoFormat.of("H264", b"\0\0\0\1" + SPS + b"\0\0\0\1\x65" + bytes(20))


def exponential_golomb(number: int) -> str:
    bits = f"{number + 1:b}"
    return "0" * (len(bits) - 1) + bits


def parameter_set(width: int, height: int, left: int) -> bytes:
    """Of baseline profile; sizes in macroblocks less one, `left` pairs of pixels are cropped."""
    numbers = [exponential_golomb(number) for number in (0, 0, 2, 1, width, height, left, 0, 0, 0)]
    bits = "".join(numbers[:4]) + "0" + "".join(numbers[4:6]) + "111" + "".join(numbers[6:]) + "1"
    octets = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    return b"\0\0\0\1" + bytes.fromhex("67420028") + octets


def test_a_cropped_parameter_set_tells_its_size() -> None:
    assert picture_size("H264", parameter_set(39, 29, 4)) == (632, 480)


@pytest.mark.parametrize(
    ("codec", "keyframe"),
    [
        ("VP8", b"\x10\x02\x00\x9d\x01\x2a\x00\x00\x00\x00"),
        ("H264", parameter_set(0, 0, 8)),
        ("H264", parameter_set(0, 2000, 0)),
        ("H264", parameter_set(2**31, 0, 0)),
    ],
)
def test_a_picture_of_an_impossible_size_is_none(codec: str, keyframe: bytes) -> None:
    with pytest.raises(ValueError, match=r"H\.264|VP8"):
        picture_size(codec, keyframe)


def test_a_real_parameter_set_is_read_as_before() -> None:
    assert h264.picture_size(b"\0\0\0\1" + SPS + b"\0\0\0\1" + PPS) == (1280, 720)


def test_sound_waits_for_a_part_only_up_to_a_number_of_packets() -> None:
    studio = Studio()
    sender = Sender("microphone", OPUS)
    studio.run(
        [
            packet
            for number in range(3 * MAX_EARLY)
            for packet in sender.frame(b"\x78abc", number / 4000)
        ]
    )
    assert len(studio.parts) == 1
    studio.finish()


def test_a_jitter_buffer_holds_little_and_looks_at_each_packet_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every other packet of 78 Mbit/s, so that each one waits for another."""
    looked = 0

    def arrival(packet: Packet) -> float:
        nonlocal looked
        looked += 1
        return packet[3]

    monkeypatch.setattr("relay.recording.jitterbuffer._arrival", arrival)
    buffer, most = JitterBuffer(0.6), 0
    for number in range(20_000):
        buffer.add(2 * number, [(0, False, b"x", number / 6500)])
        most = max(most, len(buffer._held))
    assert most < MAX_STEP
    assert looked < 10 * 20_000


def test_keyframes_alone_do_not_make_the_index_as_large_as_they_are_many() -> None:
    encoded = pictures("VP8", 1)[0].data
    muxer, index = Muxer(VideoFormat.of("VP8", encoded), audio=False), Index()
    frame = depacketize.Frame(encoded, True, 0, 0.0)
    pieces = [made for number in range(2000) for made in muxer.video(frame, number)]
    for piece in pieces + muxer.close():
        index.feed(piece)
    assert len(index.summary().seek_header) < 400


def test_a_codec_that_changes_all_the_time_makes_few_files() -> None:
    studio = Studio()
    sent = []
    for number in range(100):
        codec, ssrc = (VP8, 100 + number) if number % 2 else (H264, 300 + number)
        sent += camera(0.1, codec, begin=number * 0.1, ssrc=ssrc)
    studio.run(sent, microphone(10))
    parts = studio.finish()
    assert 2 <= len(parts) <= 7
    assert studio.told["discarded_pictures"] > 50


SOURCES: list[tuple[Source, Codec, int]] = [
    ("camera", VP8, 1),
    ("camera", H264, 2),
    ("microphone", OPUS, 3),
    ("screen", VP8, 4),
    ("screen", H264, 5),
]


@settings(max_examples=effort(30, long=2000), deadline=None)
@given(seed=st.integers(0, 2**32))
def test_no_payload_ends_the_recording(seed: int) -> None:
    """Real beginnings, spoilt: whatever comes of them, the writer takes it."""
    chance = random.Random(seed)
    studio = Studio()
    begun = {
        "VP8": b"\x10" + pictures("VP8", 1)[0].data,
        "H264": b"\x78"
        + b"".join(struct.pack("!H", len(unit)) + unit for unit in (SPS, PPS, b"\x65" + bytes(20))),
        "opus": b"\x78" + bytes(60),
    }
    numbers = dict.fromkeys(range(1, 6), 100)
    for step in range(120):
        source, codec, ssrc = chance.choice(SOURCES)
        payload = bytearray(begun[codec.name])
        for _ in range(chance.choice((0, 0, 1, 3, 30))):
            payload[chance.randrange(min(len(payload), 60))] = chance.randrange(256)
        data = bytes(payload[: chance.choice((0, 1, 2, 5, 11, 40, len(payload), len(payload)))])
        numbers[ssrc] += chance.choice((1, 1, 1, 2, 70_000, -3))
        timestamp = chance.choice((step * 3000, chance.randrange(2**32)))
        packet = (timestamp, chance.random() < 0.8, data, step / 50)
        studio.capture.rtp(source, codec, ssrc, numbers[ssrc], [packet])
        if chance.random() < 0.1:
            studio.capture.sender_report(
                source, chance.randrange(2**64), chance.randrange(2**32), step / 50
            )
        studio.wait(step / 50)
    studio.finish()
