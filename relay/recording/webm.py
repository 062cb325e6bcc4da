"""The muxer: encoded frames in, Matroska or WebM clusters out (RFC 9559). Nothing is transcoded.

It is written here and not left to libav, which held sound back for as long as no picture came, took
150 kB for each file, and told nothing of what it wrote, so that each cluster had to be parsed again.
"""

import struct
from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

from relay.recording import ebml, h264
from relay.recording.depacketize import OPUS_RATE, Frame, picture_size
from relay.recording.seekable import Index

_VIDEO, _AUDIO = 1, 2  # track numbers, and track types (5.1.4.1.3)
_MAX_CLUSTER_MS = 500  # what kill -9 may cost while a cluster is being built
_MAX_BACK_MS = 30_000  # before its first frame, for what is put in later; a block has 16 bits for it
_MAX_CLUSTER_OCTETS = 32 << 10
_KEYFRAME_OCTETS = 4 << 10  # a keyframe begins a cluster, to be found, unless the one before is smaller
_MAX_APART_MS = 500  # a track that is so far behind brings nothing, and nothing waits for it
_PRE_SKIP = 312  # samples that every Opus decoder drops at the beginning (RFC 7845 section 4.2)
_PRE_ROLL_NS = 80_000_000  # for which it must decode before it is right (section 4.6)
_DELAY_MS = 7  # the pre-skip on the time line, rounded; players take it off again
_BLOCK = struct.Struct("!BIBhB")  # identifier, size of four octets, track, time in the cluster, flags (5.1.3.5.2)
_FOUR_OCTETS = 0x1000_0000  # marks such a size (RFC 8794 section 4.1)
_CODECS = {"VP8": b"V_VP8", "H264": b"V_MPEG4/ISO/AVC"}

_KEYFRAME = 0x80
_NEVER = -(1 << 40)

_Frame: TypeAlias = tuple[int, int, bytes, bool]
"""Time (ms), track, data, whether it is a keyframe."""


@dataclass(frozen=True)
class VideoFormat:
    """What a file must know before its first frame."""

    codec: str
    """`VP8` or `H264`."""
    width: int
    height: int
    profile: str = ""
    """H.264's, as in `avc1.42e01f`."""
    private: bytes = b""
    """H.264's decoder configuration."""

    @classmethod
    def of(cls, codec: str, keyframe: bytes) -> "VideoFormat":
        """Raises ValueError if the keyframe does not tell."""
        width, height = picture_size(codec, keyframe)
        if codec != "H264":
            return cls(codec, width, height)
        return cls(codec, width, height, h264.profile(keyframe), h264.configuration(keyframe))


def media_type(video: VideoFormat | None, audio: bool) -> str:
    """As for HTMLMediaElement.canPlayType."""
    if video is None:
        return 'audio/webm; codecs="opus"'
    sound = ", opus" if audio else ""
    if video.codec == "H264":
        return f'video/x-matroska; codecs="avc1.{video.profile}{sound}"'
    return f'video/webm; codecs="vp8{sound}"'


class Muxer:
    """One file; every call returns the octets that came due: the header first, then whole clusters.

    Both tracks are written in the order of their times: a frame waits until the other track has come
    as far, but not for one that brings nothing. `index` is told of all that is written.
    """

    def __init__(self, video: VideoFormat | None, *, audio: bool, index: Index | None = None) -> None:
        self._index = index or Index()
        self._lengths = video is not None and video.codec == "H264"
        self._cued = _AUDIO if video is None else _VIDEO  # whose keyframes are what one can seek to
        self._newest = [_NEVER, -1 if video else _NEVER, -1 if audio else _NEVER]  # time, by track
        self._held: deque[_Frame] = deque()  # of one track at a time
        self._due: list[bytes] = []
        self._header = _header(video, audio=audio)
        self._begin = self._last = self._size = 0  # of the cluster at hand: times, octets
        self._blocks: list[bytes] = []  # heads and data in turns
        self._cues: list[int] = []

    def video(self, frame: Frame, time_ms: int) -> list[bytes]:
        """Times of one track must grow from frame to frame."""
        data = h264.with_lengths(frame.data) if self._lengths else frame.data
        return self._take((time_ms, _VIDEO, data, frame.keyframe))

    def audio(self, payload: bytes, samples: int) -> list[bytes]:
        """One Opus packet; `samples` is its time at 48 kHz."""
        return self._take(((samples + 24) // 48, _AUDIO, payload, True))

    def close(self) -> list[bytes]:
        """What was held back. Nothing may be muxed afterwards."""
        self._write_held()
        self._end_cluster()
        return self._take_due()

    def _take(self, frame: _Frame) -> list[bytes]:
        time, track, _, _ = frame
        ahead = time - self._newest[3 - track]
        self._newest[track] = time
        if self._held and self._held[0][1] != track:
            while self._held and self._held[0] < frame:  # by time; of the same time the picture first
                self._write(self._held.popleft())
            if self._held:
                ahead = 0
        if 0 < ahead <= _MAX_APART_MS:
            self._held.append(frame)
        else:
            if ahead > 0:
                self._write_held()
            self._write(frame)
        return self._take_due()

    def _take_due(self) -> list[bytes]:
        if not self._due:
            return []
        due, self._due = self._due, []
        return due

    def _write_held(self) -> None:
        while self._held:
            self._write(self._held.popleft())

    def _write(self, frame: _Frame) -> None:
        time, track, data, keyframe = frame
        if track == _AUDIO:
            time += _DELAY_MS
        most = _KEYFRAME_OCTETS if keyframe and track == _VIDEO else _MAX_CLUSTER_OCTETS
        if self._size > most or not -_MAX_BACK_MS <= time - self._begin <= _MAX_CLUSTER_MS:
            self._end_cluster()
        if not self._blocks:
            self._begin = self._last = time
        flags = _KEYFRAME if keyframe else 0
        head = _BLOCK.pack(ebml.SIMPLE_BLOCK, len(data) + 4 | _FOUR_OCTETS, 0x80 | track, time - self._begin, flags)
        self._blocks += (head, data)
        self._size += len(head) + len(data)
        self._last = max(self._last, time)
        if keyframe and track == self._cued:
            self._cues.append(time)

    def _end_cluster(self) -> None:
        if not self._blocks:
            return
        begin = ebml.unsigned(ebml.TIMESTAMP, self._begin)
        head = ebml.encode_id(ebml.CLUSTER) + ebml.encode_size(len(begin) + self._size)
        data = b"".join((head, begin, *self._blocks))
        if self._header:
            self._due.append(self._header)
            self._index.feed(self._header)
            self._header = b""
        self._index.add_cluster(len(data), self._last, self._cues)
        self._due.append(data)
        self._blocks, self._cues, self._size = [], [], 0


def _header(video: VideoFormat | None, *, audio: bool) -> bytes:
    """Up to the first cluster; the Segment's size is not known, as of a live stream."""
    tracks = b"".join(([_picture(video)] if video is not None else []) + ([_sound()] if audio else []))
    info = ebml.unsigned(ebml.TIMESTAMP_SCALE, 1_000_000) + b"".join(
        ebml.element(application, b"carelay") for application in (ebml.MUXING_APP, ebml.WRITING_APP)
    )
    segment = ebml.encode_id(ebml.SEGMENT) + b"\1" + 7 * b"\xff"
    return _kind(video) + segment + ebml.element(ebml.INFO, info) + ebml.element(ebml.TRACKS, tracks)


def _kind(video: VideoFormat | None) -> bytes:
    name = b"matroska" if video is not None and video.codec == "H264" else b"webm"
    return ebml.element(
        ebml.EBML,
        ebml.unsigned(ebml.EBML_VERSION, 1)
        + ebml.unsigned(ebml.EBML_READ_VERSION, 1)
        + ebml.unsigned(ebml.EBML_MAX_ID_LENGTH, 4)
        + ebml.unsigned(ebml.EBML_MAX_SIZE_LENGTH, 8)
        + ebml.element(ebml.DOC_TYPE, name)
        + ebml.unsigned(ebml.DOC_TYPE_VERSION, 4)
        + ebml.unsigned(ebml.DOC_TYPE_READ_VERSION, 2),
    )


def _track(number: int, codec: bytes, private: bytes, rest: bytes) -> bytes:
    return ebml.element(
        ebml.TRACK_ENTRY,
        ebml.unsigned(ebml.TRACK_NUMBER, number)
        + ebml.unsigned(ebml.TRACK_UID, number)
        + ebml.unsigned(ebml.FLAG_LACING, 0)
        + ebml.element(ebml.LANGUAGE, b"und")
        + ebml.element(ebml.CODEC_ID, codec)
        + (ebml.element(ebml.CODEC_PRIVATE, private) if private else b"")
        + ebml.unsigned(ebml.TRACK_TYPE, number)
        + rest,
    )


def _picture(video: VideoFormat) -> bytes:
    size = ebml.unsigned(ebml.PIXEL_WIDTH, video.width) + ebml.unsigned(ebml.PIXEL_HEIGHT, video.height)
    return _track(_VIDEO, _CODECS[video.codec], video.private, ebml.element(ebml.VIDEO, size))


def _sound() -> bytes:
    """OpusHead is RFC 7845 section 5.1: version, channels, pre-skip, rate, gain, mapping."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, _PRE_SKIP, OPUS_RATE, 0, 0)
    delay = ebml.unsigned(ebml.CODEC_DELAY, _PRE_SKIP * 1_000_000_000 // OPUS_RATE)
    settings = ebml.unsigned(ebml.CHANNELS, 2) + ebml.float64(ebml.SAMPLING_FREQUENCY, float(OPUS_RATE))
    rest = delay + ebml.unsigned(ebml.SEEK_PRE_ROLL, _PRE_ROLL_NS) + ebml.element(ebml.AUDIO, settings)
    return _track(_AUDIO, b"A_OPUS", head, rest)
