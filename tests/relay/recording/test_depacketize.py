"""Payloads of real encoders put together again; nothing that a lost reference has spoilt."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.recording.depacketize import Frame, VideoDepacketizer, opus_samples, picture_size
from relay.recording.jitterbuffer import Packet, parse
from tests.relay.rtpsource import FRAME_RATE, H264, VP8, Sender, pictures, tone


def packets(codec: str, count: int, keyframe_every: int = 3000) -> list[list[Packet]]:
    """One list of packets a frame."""
    sender = Sender("camera", VP8 if codec == "VP8" else H264)
    encoded = pictures(codec, count, keyframe_every=keyframe_every)
    return [
        [parse(sent.packet, sent.time) for sent in sender.frame(data, number / FRAME_RATE)]
        for number, (data, _) in enumerate(encoded)
    ]


def feed(depacketizer: VideoDepacketizer, frame: list[Packet], lost: int = 0) -> list[Frame]:
    """`lost` is how many packets before the first one are missing."""
    made = [depacketizer.feed(packet, 0 if number else lost) for number, packet in enumerate(frame)]
    return [frame for frame in made if frame is not None]


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_frames_come_out_as_they_were_encoded(codec: str) -> None:
    depacketizer = VideoDepacketizer(codec)
    frames = [made for frame in packets(codec, 20) for made in feed(depacketizer, frame)]
    encoded = pictures(codec, 20)
    assert [frame.keyframe for frame in frames] == [keyframe for _, keyframe in encoded]
    assert [frame.data.replace(b"\0\0\0\1", b"\0\0\1") for frame in frames] == [
        data.replace(b"\0\0\0\1", b"\0\0\1") for data, _ in encoded
    ]


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_after_a_loss_nothing_comes_until_a_keyframe(codec: str) -> None:
    depacketizer = VideoDepacketizer(codec)
    frames = packets(codec, 20, keyframe_every=10)
    assert len(feed(depacketizer, frames[0])) == 1
    assert feed(depacketizer, frames[2], lost=len(frames[1])) == []
    assert depacketizer.needs_keyframe
    assert all(feed(depacketizer, frame) == [] for frame in frames[3:10])
    assert [made.keyframe for frame in frames[10:] for made in feed(depacketizer, frame)] == [True] + 9 * [False]
    assert not depacketizer.needs_keyframe


def test_a_frame_whose_beginning_was_missed_is_left_out() -> None:
    depacketizer = VideoDepacketizer("VP8")
    keyframe, following = packets("VP8", 2)
    assert len(keyframe) > 2
    assert feed(depacketizer, keyframe[1:]) == feed(depacketizer, following) == []


def test_a_packet_that_only_probes_the_bandwidth_changes_nothing() -> None:
    depacketizer = VideoDepacketizer("VP8")
    first, second = packets("VP8", 2)
    feed(depacketizer, first)
    assert depacketizer.feed(second[0]._replace(payload=b""), 0) is None
    assert len(feed(depacketizer, second)) == 1


def test_a_frame_without_its_last_packet_spoils_what_follows() -> None:
    depacketizer = VideoDepacketizer("VP8")
    first, second, third = packets("VP8", 3)
    feed(depacketizer, first)
    assert feed(depacketizer, [second[0]._replace(marker=False)]) == feed(depacketizer, third) == []


@pytest.mark.parametrize("codec", ["VP8", "H264"])
@settings(deadline=None)
@given(payloads=st.lists(st.binary(min_size=1, max_size=30), max_size=8))
def test_any_payload_is_read_or_refused(codec: str, payloads: list[bytes]) -> None:
    depacketizer = VideoDepacketizer(codec)
    for payload in payloads:
        try:
            frame = depacketizer.feed(Packet(0, 0, 1, True, payload, 0.0), 0)
            if frame is not None:
                picture_size(codec, frame.data)
        except ValueError:
            continue


@pytest.mark.parametrize(("codec", "size"), [("VP8", (160, 120)), ("H264", (160, 120)), ("H264", (178, 102))])
def test_a_keyframe_tells_its_size(codec: str, size: tuple[int, int]) -> None:
    assert picture_size(codec, pictures(codec, 1, size)[0].data) == size


def test_a_high_profile_parameter_set_tells_its_size() -> None:
    """1280x720, High 4.0, as x264 writes it."""
    assert picture_size("H264", bytes.fromhex("0000000167640028acd9405005bb0110000003001000000303c0f1832a")) == (
        1280,
        720,
    )


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
