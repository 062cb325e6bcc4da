"""What the muxer writes: whole, in order, told to its index, and read by libav as it was meant."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import av
import pytest

from relay.recording import ebml, h264
from relay.recording.depacketize import Frame
from relay.recording.seekable import Index, scan
from relay.recording.webm import Muxer, VideoFormat
from tests.relay.recording.reference import annexb
from tests.relay.rtpsource import pictures, tone

SOUND = b"\x78sound"
FILES = ("VP8", "H264", None)


def frame(data: bytes, *, keyframe: bool = False) -> Frame:
    return Frame(data, keyframe, 0, 0.0)


def blocks(pieces: list[bytes]) -> list[tuple[int, int]]:
    """Time (ms) and track of each, in order."""
    data, found = b"".join(pieces), list[tuple[int, int]]()
    for cluster in data.split(ebml.encode_id(ebml.CLUSTER))[1:]:
        head = ebml.decode_header(ebml.encode_id(ebml.CLUSTER) + cluster, 0)
        assert head is not None
        begin = 0
        for kind, payload in ebml.children(cluster[head[2] - 4 :]):
            if kind == ebml.TIMESTAMP:
                begin = int.from_bytes(payload, "big")
            else:
                found.append(
                    (begin + int.from_bytes(payload[1:3], "big", signed=True), payload[0] & 0x7F)
                )
    return found


def format_of(codec: str | None) -> tuple[VideoFormat | None, list[tuple[bytes, bool]]]:
    encoded = pictures(codec, 120, keyframe_every=60) if codec else []
    return VideoFormat.of(codec, encoded[0][0]) if codec else None, [
        (data, key) for data, key in encoded
    ]


@pytest.mark.parametrize("codec", FILES)
def test_the_index_is_the_one_that_is_read_from_the_file(codec: str | None) -> None:
    video, encoded = format_of(codec)
    index = Index()
    muxer, pieces = Muxer(video, audio=True, index=index), list[bytes]()
    for number, payload in enumerate(tone(200)):
        pieces += muxer.audio(payload, number * 960)
        for picture in range(number * 3 // 5, (number + 1) * 3 // 5) if codec else ():
            data, keyframe = encoded[picture]
            pieces += muxer.video(frame(data, keyframe=keyframe), picture * 1000 // 30)
    pieces += muxer.close()
    assert index.summary() == scan(pieces)


def test_sound_is_written_while_the_picture_stands_still() -> None:
    """A camera that is covered, or a tab in the background, sends none for as long as it likes."""
    video, encoded = format_of("VP8")
    muxer = Muxer(video, audio=True)
    written = muxer.video(frame(encoded[0][0], keyframe=True), 0)
    for number in range(500):
        written += muxer.audio(SOUND, number * 960)
    assert blocks(written)[-1][0] > 9000


def test_pictures_are_written_while_there_is_no_sound() -> None:
    video, encoded = format_of("VP8")
    muxer, written = Muxer(video, audio=True), list[bytes]()
    for number in range(300):
        written += muxer.video(frame(encoded[1][0], keyframe=not number), number * 33)
    assert blocks(written)[-1][0] > 9000


def test_tracks_are_written_in_the_order_of_their_times() -> None:
    """Though pictures are given later than the sound that belongs to them."""
    video, encoded = format_of("VP8")
    muxer, written = Muxer(video, audio=True), list[bytes]()
    for number in range(400):
        written += muxer.audio(SOUND, number * 960)
        if number >= 20:
            written += muxer.video(
                frame(encoded[1][0], keyframe=number % 50 == 20), (number - 20) * 20
            )
    written += muxer.close()
    found = [(time - 7 if track == 2 else time, track) for time, track in blocks(written)]
    assert len(found) == 780
    assert found == sorted(found)


def test_sound_that_is_put_in_later_keeps_its_time() -> None:
    """Silence is written behind the pictures, once it is sure that nothing was said."""
    video, encoded = format_of("VP8")
    muxer, written = Muxer(video, audio=True), list[bytes]()
    for number in range(300):
        written += muxer.video(frame(encoded[1][0], keyframe=not number), number * 33)
        if number >= 150:
            written += muxer.audio(SOUND, (number - 150) * 33 * 48)
    written += muxer.close()
    assert sorted(time for time, track in blocks(written) if track == 2) == [
        n * 33 + 7 for n in range(150)
    ]
    with av.open(BytesIO(b"".join(written)), "r") as container:
        assert len([packet for packet in container.demux(audio=0) if packet.size]) == 150


def test_h264_has_lengths_before_its_units_and_its_parameter_sets_in_the_header() -> None:
    video, encoded = format_of("H264")
    muxer = Muxer(video, audio=False)
    data = encoded[0][0]
    written = muxer.video(frame(data, keyframe=True), 0) + muxer.close()
    with av.open(BytesIO(b"".join(written)), "r") as container:
        stream = container.streams.video[0]
        assert stream.codec_context.extradata == h264.configuration(data)
        assert bytes(next(container.demux(stream))) == annexb.with_lengths(data)


@pytest.mark.parametrize("start", [b"\0\0\1", b"\0\0\0\1"])
def test_units_are_found_behind_start_codes_of_either_length(start: bytes) -> None:
    assert list(h264.units(start + b"\x67ab" + start + b"\x68c" + start + b"\x65d")) == [
        b"\x67ab",
        b"\x68c",
        b"\x65d",
    ]


@contextmanager
def no_more_memory_than(octets: int) -> Iterator[None]:
    """So much beside what this process has."""
    present = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (present + octets, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)


def test_a_cluster_that_finds_no_memory_is_gone_and_takes_nothing_else_with_it() -> None:
    index = Index()
    muxer = Muxer(None, audio=True, index=index)
    assert muxer.audio(bytes(64 << 20), 0) == []
    with no_more_memory_than(16 << 20), pytest.raises(MemoryError):
        muxer.audio(SOUND, 48_000)
    assert muxer.audio(SOUND, 96_000) == []
    written = muxer.close()
    assert blocks(written) == [(2007, 2)]
    assert index.summary() == scan(written)
