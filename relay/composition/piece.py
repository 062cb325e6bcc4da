"""A playable part, and what is heard and seen of it at each moment of the session."""

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, TypeAlias

import av
from av.video.frame import VideoFrame

from relay.composition.arrangement import Place
from relay.media import PartSource

SAMPLE_RATE = 48000
Samples: TypeAlias = "array[float]"
"""Of one channel, from -1 to 1."""


@dataclass(frozen=True)
class Piece:
    """A file of the recording, and where it begins on the session's clock."""

    open: Callable[[], IO[bytes]]
    """Seekable, from its beginning; each of several at once has a place of its own."""
    participant_id: str
    source: PartSource
    offset_ms: int

    @property
    def place(self) -> Place:
        return self.participant_id, self.source


@dataclass(frozen=True)
class Probed:
    """What is in its file. Times are seconds on the session's clock."""

    piece: Piece
    begin: float
    end: float
    has_sound: bool
    has_pictures: bool


def probe(piece: Piece) -> Probed:
    """Raises av.FFmpegError for a file that cannot be played."""
    with piece.open() as file, av.open(file, "r") as container:
        begin = piece.offset_ms / 1000
        seconds = (container.duration or 0) / av.time_base
        streams = container.streams
        return Probed(piece, begin, begin + seconds, bool(streams.audio), bool(streams.video))


class Sound:
    """Mono samples, laid end to end as players do."""

    def __init__(self, probed: Probed) -> None:
        self._samples = _samples(probed.piece)
        self._next = round(probed.begin * SAMPLE_RATE)
        """The place on the session's clock of what is held."""
        self._held = array("f")

    def take(self, start: int, count: int) -> Samples:
        """So many from there on; silence before the beginning and after the end.

        Never again what is before: it is forgotten.
        """
        while self._next + len(self._held) < start + count:
            more = next(self._samples, None)
            if more is None:
                break
            self._held.extend(more)
        self._forget(start)
        ahead = min(max(0, self._next - start), count)
        taken = array("f", bytes(4 * ahead))
        taken.extend(self._held[: count - ahead])
        taken.frombytes(bytes(4 * (count - len(taken))))
        return taken

    def _forget(self, start: int) -> None:
        behind = min(max(0, start - self._next), len(self._held))
        del self._held[:behind]
        self._next += behind


def _samples(piece: Piece) -> Iterator[Samples]:
    resampler = av.AudioResampler("fltp", "mono", SAMPLE_RATE)
    with piece.open() as file, av.open(file, "r") as container:
        first = True
        for frame in container.decode(audio=0):
            if first and frame.time:
                yield array("f", bytes(4 * round(frame.time * SAMPLE_RATE)))
            first = False
            for mono in resampler.resample(frame):
                yield array("f", bytes(mono.planes[0])[: 4 * mono.samples])


class Pictures:
    """The newest picture of each moment, which stands until the next one."""

    def __init__(self, probed: Probed) -> None:
        self._begin, self._end = probed.begin, probed.end
        self._frames = _frames(probed.piece)
        self._shown: VideoFrame | None = None
        self._coming = next(self._frames, None)

    def at(self, time: float) -> VideoFrame | None:
        """None before the first one and after the end. Times must not go back."""
        while self._coming is not None and self._begin + (self._coming.time or 0) <= time:
            self._shown, self._coming = self._coming, next(self._frames, None)
        return self._shown if time < self._end else None


def _frames(piece: Piece) -> Iterator[VideoFrame]:
    with piece.open() as file, av.open(file, "r") as container:
        yield from container.decode(video=0)
