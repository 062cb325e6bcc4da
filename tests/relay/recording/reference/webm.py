"""The muxer: encoded frames in, Matroska or WebM clusters out (RFC 9559)."""

import struct
from collections import deque
from typing import TypeAlias

from relay.recording import ebml
from relay.recording.depacketize import Frame
from relay.recording.seekable import Index
from relay.recording.webm import VideoFormat, header
from tests.relay.recording.reference import annexb

_VIDEO, _AUDIO = 1, 2  # track numbers, and track types (5.1.4.1.3)
_MAX_CLUSTER_MS = 500  # what kill -9 may cost while a cluster is being built
_MAX_BACK_MS = 30_000  # before its first frame, for what is put in later; a block has 16 bits
_MAX_CLUSTER_OCTETS = 16 << 10
_KEYFRAME_OCTETS = 4 << 10  # a keyframe begins a cluster, unless the one before is smaller
_MAX_APART_MS = 500  # a track that is so far behind brings nothing, and nothing waits for it
_DELAY_MS = 7  # the pre-skip on the time line, rounded; players take it off again
# Identifier, size of four octets, track, time in the cluster, flags (5.1.3.5.2).
_BLOCK = struct.Struct("!BIBhB")
_FOUR_OCTETS = 0x1000_0000  # marks such a size (RFC 8794 section 4.1)

_KEYFRAME = 0x80
_NEVER = -(1 << 40)

_Frame: TypeAlias = tuple[int, int, bytes, bool]
"""Time (ms), track, data, whether it is a keyframe."""


class Muxer:
    """One file; every call returns the octets that came due: the header first, then whole clusters.

    Both tracks are written in the order of their times: a frame waits until the other track has
    come as far, but not for one that brings nothing. `index` is told of all that is written.
    """

    def __init__(
        self, video: VideoFormat | None, *, audio: bool, index: Index | None = None
    ) -> None:
        self._index = index or Index()
        self._lengths = video is not None and video.codec == "H264"
        self._cued = _AUDIO if video is None else _VIDEO  # whose keyframes are what one can seek to
        self._newest = [_NEVER, -1 if video else _NEVER, -1 if audio else _NEVER]  # time, by track
        self._held: deque[_Frame] = deque()  # of one track at a time
        self._due: list[bytes] = []
        self._header = header(video, audio=audio)
        self._begin = self._last = self._size = 0  # of the cluster at hand: times, octets
        self._blocks: list[bytes] = []  # heads and data in turns
        self._cues: list[int] = []

    def video(self, frame: Frame, time_ms: int) -> list[bytes]:
        """Times of one track must grow from frame to frame."""
        data = annexb.with_lengths(frame.data) if self._lengths else frame.data
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
            # By time; of the same time the picture first.
            while self._held and self._held[0] < frame:
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
        head = _BLOCK.pack(
            ebml.SIMPLE_BLOCK, len(data) + 4 | _FOUR_OCTETS, 0x80 | track, time - self._begin, flags
        )
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
