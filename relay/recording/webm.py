"""The muxer: encoded frames in, Matroska or WebM clusters out (RFC 9559). Nothing is transcoded.

The header is made here; what is done with each frame is in python_muxer.c.

It is written here and not left to libav, which held sound back for as long as no picture came, took
150 kB for each file, and told nothing of what it wrote, so that each cluster had to be parsed
again.
"""

import struct
from dataclasses import dataclass
from typing import Self

from relay.recording import ebml, h264
from relay.recording._recording import OPUS_RATE, ClusterWriter
from relay.recording.depacketize import picture_size
from relay.recording.seekable import Index

_VIDEO, _AUDIO = 1, 2  # track numbers, and track types (5.1.4.1.3)
_PRE_SKIP = 312  # samples that every Opus decoder drops at the beginning (RFC 7845 section 4.2)
_PRE_ROLL_NS = 80_000_000  # for which it must decode before it is right (section 4.6)
_CODECS = {"VP8": b"V_VP8", "H264": b"V_MPEG4/ISO/AVC"}


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


class Muxer(ClusterWriter):
    """One file; every call returns the octets that came due: the header first, then whole clusters.

    Both tracks are written in the order of their times: a frame waits until the other track has
    come as far, but not for one that brings nothing. `index` is told of all that is written.
    """

    def __new__(cls, video: VideoFormat | None, *, audio: bool, index: Index | None = None) -> Self:
        return super().__new__(
            cls,
            header(video, audio=audio),
            index or Index(),
            video=video is not None,
            audio=audio,
            lengths=video is not None and video.codec == "H264",
        )


def header(video: VideoFormat | None, *, audio: bool) -> bytes:
    """Up to the first cluster; the Segment's size is not known, as of a live stream."""
    tracks = b"".join(
        ([_picture(video)] if video is not None else []) + ([_sound()] if audio else [])
    )
    info = ebml.unsigned(ebml.TIMESTAMP_SCALE, 1_000_000) + b"".join(
        ebml.element(application, b"carelay") for application in (ebml.MUXING_APP, ebml.WRITING_APP)
    )
    segment = ebml.encode_id(ebml.SEGMENT) + b"\1" + 7 * b"\xff"
    return (
        _kind(video) + segment + ebml.element(ebml.INFO, info) + ebml.element(ebml.TRACKS, tracks)
    )


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
    size = ebml.unsigned(ebml.PIXEL_WIDTH, video.width) + ebml.unsigned(
        ebml.PIXEL_HEIGHT, video.height
    )
    return _track(_VIDEO, _CODECS[video.codec], video.private, ebml.element(ebml.VIDEO, size))


def _sound() -> bytes:
    """OpusHead is RFC 7845 section 5.1: version, channels, pre-skip, rate, gain, mapping."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, _PRE_SKIP, OPUS_RATE, 0, 0)
    delay = ebml.unsigned(ebml.CODEC_DELAY, _PRE_SKIP * 1_000_000_000 // OPUS_RATE)
    rate = ebml.float64(ebml.SAMPLING_FREQUENCY, float(OPUS_RATE))
    audio = ebml.element(ebml.AUDIO, ebml.unsigned(ebml.CHANNELS, 2) + rate)
    rest = delay + ebml.unsigned(ebml.SEEK_PRE_ROLL, _PRE_ROLL_NS) + audio
    return _track(_AUDIO, b"A_OPUS", head, rest)
