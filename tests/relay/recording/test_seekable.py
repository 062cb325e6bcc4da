"""The header that makes a live file seekable, and what is left of a torn one."""

from io import BytesIO

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.recording import ebml
from relay.recording.depacketize import Frame
from relay.recording.seekable import Index, NothingPlayableError, PartSummary, scan
from relay.recording.webm import Muxer, VideoFormat
from tests.relay.rtpsource import pictures, tone

SECONDS = 6


def live_file(codec: str | None) -> bytes:
    """6 s with a keyframe every 2 s, or of sound alone."""
    encoded = pictures(codec, SECONDS * 30, keyframe_every=60) if codec else []
    muxer = Muxer(VideoFormat.of(codec, encoded[0].data) if codec else None, audio=True)
    pieces: list[bytes] = []
    for number, payload in enumerate(tone(SECONDS * 50)):
        pieces += muxer.audio(payload, number * 960)
        for picture in range(number * 3 // 5, (number + 1) * 3 // 5) if codec else ():
            data, keyframe = encoded[picture]
            pieces += muxer.video(Frame(data, keyframe, 0, 0.0), picture * 1000 // 30)
    return b"".join(pieces + muxer.close())


FILES = {codec: live_file(codec) for codec in ("VP8", "H264", None)}


def playable(file: bytes, summary: PartSummary) -> bytes:
    return summary.seek_header + file[summary.body_offset :]


def top_level(file: bytes) -> dict[int, list[int]]:
    """Identifier → where such elements begin in the Segment, counted from its first child."""
    _, size, at = header(file, 0)
    segment, size, start = header(file, at + size)
    assert (segment, start + size) == (ebml.SEGMENT, len(file))
    found: dict[int, list[int]] = {}
    at = start
    while at < len(file):
        identifier, size, payload_at = header(file, at)
        found.setdefault(identifier, []).append(at - start)
        at = payload_at + size
    assert at == len(file)
    return found


def header(file: bytes, at: int) -> tuple[int, int, int]:
    found = ebml.decode_header(file, at)
    assert found is not None
    return found


def child(payload: bytes, *path: int) -> bytes:
    for identifier in path:
        payload = dict(ebml.children(payload))[identifier]
    return payload


@pytest.mark.parametrize("codec", FILES)
def test_every_position_leads_to_what_it_names(codec: str | None) -> None:
    summary = scan([FILES[codec]])
    file = playable(FILES[codec], summary)
    places = top_level(file)
    segment = file[len(file) - (header(file, header(file, 0)[1] + header(file, 0)[2])[1]) :]
    seeks = [
        payload
        for kind, payload in ebml.children(
            child(segment[: places[ebml.CLUSTER][0]], ebml.SEEK_HEAD)
        )
    ]
    for seek in seeks:
        identifier = int.from_bytes(child(seek, ebml.SEEK_ID), "big")
        assert places[identifier] == [int.from_bytes(child(seek, ebml.SEEK_POSITION), "big")]
    cues = ebml.children(child(segment[: places[ebml.CLUSTER][0]], ebml.CUES))
    clusters = [
        int.from_bytes(child(cue, ebml.CUE_TRACK_POSITIONS, ebml.CUE_CLUSTER_POSITION), "big")
        for _, cue in cues
    ]
    assert set(clusters) <= set(places[ebml.CLUSTER])
    times = [int.from_bytes(child(cue, ebml.CUE_TIME), "big") for _, cue in cues]
    assert [round(time, -3) for time in times] == [0, 2000, 4000]
    assert 5980 <= summary.duration_ms <= 6010


@pytest.mark.parametrize("codec", FILES)
def test_libav_sees_the_duration_and_seeks_by_the_index(codec: str | None) -> None:
    file = BytesIO(playable(FILES[codec], scan([FILES[codec]])))
    with av.open(file, "r") as container:
        assert container.duration is not None
        assert abs(container.duration - 6_000_000) < 20_000
        container.seek(4_500_000)
        packet = next(container.demux(container.streams[0]))
        assert packet.pts is not None
        assert 3.9 < packet.pts * packet.time_base <= 4.5


@pytest.mark.parametrize("codec", FILES)
def test_feeding_any_pieces_gives_the_same_summary(codec: str | None) -> None:
    file = FILES[codec]
    whole = scan([file])
    for size in (1, 7, 1000, 16384):
        assert scan(file[at : at + size] for at in range(0, len(file), size)) == whole


@settings(deadline=None)
@given(share=st.floats(0, 1))
def test_a_torn_file_plays_to_where_it_was_torn(share: float) -> None:
    file = FILES["VP8"]
    torn = file[: round(len(file) * share)]
    try:
        summary = scan([torn])
    except NothingPlayableError:
        assert len(torn) < 600
        return
    with av.open(BytesIO(playable(torn, summary)), "r") as container:
        times = [
            packet.pts * 1000 * packet.time_base
            for packet in container.demux(video=0)
            if packet.pts is not None
        ]
    assert times == sorted(times)
    assert not times or summary.duration_ms - 100 < times[-1] <= summary.duration_ms


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(0, 600))
def test_octets_that_are_no_matroska_are_refused(noise: bytes, at: int) -> None:
    index = Index()
    try:
        index.feed(FILES["VP8"][:at] + noise)
        index.summary()
    except (ValueError, NothingPlayableError):
        pass


def test_nothing_is_playable_before_the_first_media() -> None:
    with pytest.raises(NothingPlayableError):
        scan([])
    with pytest.raises(NothingPlayableError):
        scan([FILES["VP8"][:200]])


@settings(deadline=None)
@given(st.integers(0, 2**56 - 2))
def test_sizes_come_back(size: int) -> None:
    assert ebml.decode_header(b"\xec" + ebml.encode_size(size), 0) == (
        ebml.VOID,
        size,
        1 + len(ebml.encode_size(size)),
    )
