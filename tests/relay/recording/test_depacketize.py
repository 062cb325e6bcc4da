"""Payloads of real encoders put together again; nothing that a lost reference has spoilt."""

from contextlib import suppress

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.recording.depacketize import (
    SoundDepacketizer,
    VideoDepacketizer,
    opus_samples,
    picture_size,
)
from relay.tap import Packet
from tests.relay import rtpsource
from tests.relay.rtpsource import FRAME_RATE, H264, VP8, Sender, pictures, tone


def packets(codec: str, count: int, keyframe_every: int = 3000) -> list[list[Packet]]:
    """One list of packets a frame."""
    sender = Sender("camera", VP8 if codec == "VP8" else H264)
    encoded = pictures(codec, count, keyframe_every=keyframe_every)
    return [
        [rtpsource.packets(sent)[2][0] for sent in sender.frame(data, number / FRAME_RATE)]
        for number, (data, _) in enumerate(encoded)
    ]


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_frames_come_out_as_they_were_encoded(codec: str) -> None:
    depacketizer = VideoDepacketizer(codec)
    frames = [made for frame in packets(codec, 20) for made in depacketizer.feed(0, frame)]
    encoded = pictures(codec, 20)
    assert [frame.keyframe for frame in frames] == [keyframe for _, keyframe in encoded]
    assert [frame.data.replace(b"\0\0\0\1", b"\0\0\1") for frame in frames] == [
        data.replace(b"\0\0\0\1", b"\0\0\1") for data, _ in encoded
    ]


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_after_a_loss_nothing_comes_until_a_keyframe(codec: str) -> None:
    depacketizer = VideoDepacketizer(codec)
    frames = packets(codec, 20, keyframe_every=10)
    assert len(depacketizer.feed(0, frames[0])) == 1
    assert depacketizer.feed(len(frames[1]), frames[2]) == []
    assert depacketizer.needs_keyframe
    assert all(depacketizer.feed(0, frame) == [] for frame in frames[3:10])
    taken = [made for frame in frames[10:] for made in depacketizer.feed(0, frame)]
    assert [made.keyframe for made in taken] == [True] + 9 * [False]
    assert not depacketizer.needs_keyframe


def test_a_frame_whose_beginning_was_missed_is_left_out() -> None:
    depacketizer = VideoDepacketizer("VP8")
    keyframe, following = packets("VP8", 2)
    assert len(keyframe) > 2
    assert depacketizer.feed(0, keyframe[1:]) == depacketizer.feed(0, following) == []


def test_a_packet_that_only_probes_the_bandwidth_changes_nothing() -> None:
    depacketizer = VideoDepacketizer("VP8")
    first, second = packets("VP8", 2)
    depacketizer.feed(0, first)
    timestamp, marker, _, arrival = second[0]
    assert depacketizer.feed(0, [(timestamp, marker, b"", arrival)]) == []
    assert len(depacketizer.feed(0, second)) == 1


def test_a_frame_without_its_last_packet_spoils_what_follows() -> None:
    depacketizer = VideoDepacketizer("VP8")
    first, second, third = packets("VP8", 3)
    depacketizer.feed(0, first)
    timestamp, _, payload, arrival = second[0]
    assert (
        depacketizer.feed(0, [(timestamp, False, payload, arrival)])
        == depacketizer.feed(0, third)
        == []
    )


@pytest.mark.parametrize("codec", ["VP8", "H264"])
@settings(deadline=None)
@given(payloads=st.lists(st.binary(min_size=1, max_size=30), max_size=8))
def test_any_payload_is_read_or_refused(codec: str, payloads: list[bytes]) -> None:
    depacketizer = VideoDepacketizer(codec)
    for payload in payloads:
        before = depacketizer.unreadable
        frames = depacketizer.feed(0, [(0, True, payload, 0.0)])
        assert not frames or depacketizer.unreadable == before
        for frame in frames:
            with suppress(ValueError):
                picture_size(codec, frame.data)


@settings(deadline=None)
@given(descriptor=st.binary(min_size=1, max_size=7), payload=st.binary(max_size=12))
def test_vp8_descriptors_are_read_as_aiortc_reads_them(descriptor: bytes, payload: bytes) -> None:
    """Seen by what becomes of a keyframe behind the descriptor."""
    data = descriptor + b"\x10\x02\x00\x9d\x01\x2a" + bytes(4) + payload
    depacketizer = VideoDepacketizer("VP8")
    made = [frame.data for frame in depacketizer.feed(0, [(0, True, data, 0.0)])]
    parsed, piece = VpxPayloadDescriptor.parse(data)
    begins = parsed.partition_start == 1 and parsed.partition_id == 0
    assert made == ([piece] if begins and len(piece) >= 10 and not piece[0] & 1 else [])


@settings(deadline=None)
@given(payload=st.binary(min_size=1, max_size=6))
def test_short_vp8_payloads_are_unreadable_to_aiortc_too(payload: bytes) -> None:
    depacketizer = VideoDepacketizer("VP8")
    depacketizer.feed(0, [(0, True, payload, 0.0)])
    try:
        parsed, picture = VpxPayloadDescriptor.parse(payload)
    except ValueError:
        assert depacketizer.unreadable == 1
    else:
        begins = parsed.partition_start == 1 and parsed.partition_id == 0
        assert depacketizer.unreadable == (begins and not picture), (
            "a picture that begins is not empty"
        )


def test_sound_of_an_impossible_duration_is_left_out() -> None:
    depacketizer = SoundDepacketizer()
    payloads = [b"", b"\x78ok", b"\x7b\x00", b"\x7b\x3f", b"\x78"]
    frames = depacketizer.feed(
        0, [(960 * n, False, payload, 0.0) for n, payload in enumerate(payloads)]
    )
    assert [(frame.timestamp, frame.data) for frame in frames] == [
        (960, b"\x78ok"),
        (3840, b"\x78"),
    ]
    assert depacketizer.unreadable == 2


@pytest.mark.parametrize(
    ("codec", "size"), [("VP8", (160, 120)), ("H264", (160, 120)), ("H264", (178, 102))]
)
def test_a_keyframe_tells_its_size(codec: str, size: tuple[int, int]) -> None:
    assert picture_size(codec, pictures(codec, 1, size)[0].data) == size


def test_a_high_profile_parameter_set_tells_its_size() -> None:
    """1280x720, High 4.0, as x264 writes it."""
    parameters = bytes.fromhex("0000000167640028acd9405005bb0110000003001000000303c0f1832a")
    assert picture_size("H264", parameters) == (1280, 720)


def test_the_duration_of_opus_packets() -> None:
    assert opus_samples(tone(3)[2]) == 960
    assert [opus_samples(bytes([toc, 3])) for toc in (0xF8, 0xF9, 0xFB, 0x80, 0x18, 0x60)] == [
        960,
        1920,
        2880,
        120,
        2880,
        480,
    ]
