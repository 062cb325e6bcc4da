"""The film in the making: a picture of tiles, and a track of mixed sound."""

import operator
from array import array
from collections.abc import Sequence
from fractions import Fraction
from typing import IO

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from relay.composition.arrangement import Arrangement, Tile
from relay.composition.piece import SAMPLE_RATE, Samples

FRAME_RATE = 25
BLOCK = 1024
"""Samples of an AAC frame."""
PLANES = ((1, 16), (2, 128), (2, 128))
"""Of YUV 4:2:0: by how much each is smaller in both directions, and what is black in it (ITU-R
BT.601, limited range).
"""


class Canvas:
    """What is shown at the moment, as three planes of octets."""

    def __init__(self, arrangement: Arrangement) -> None:
        self._size = arrangement.width, arrangement.height
        self._planes = [
            bytearray([black]) * (arrangement.width // by * (arrangement.height // by))
            for by, black in PLANES
        ]

    def paste(self, tile: Tile, frame: VideoFrame) -> None:
        """The whole of the picture, in its proportions, on dark."""
        self.clear(tile)
        scale = min(tile.width / frame.width, tile.height / frame.height)
        width = max(2, int(frame.width * scale) // 2 * 2)
        height = max(2, int(frame.height * scale) // 2 * 2)
        small = frame.reformat(width=width, height=height, format="yuv420p")
        left = tile.left + (tile.width - width) // 4 * 2
        top = tile.top + (tile.height - height) // 4 * 2
        for number, (by, _) in enumerate(PLANES):
            plane = small.planes[number]
            rows, size = memoryview(plane), plane.line_size
            for row in range(height // by):
                self._put(number, left // by, top // by + row, rows[row * size :][: width // by])

    def clear(self, tile: Tile) -> None:
        """Nobody is seen there."""
        for number, (by, black) in enumerate(PLANES):
            dark = bytes([black]) * (tile.width // by)
            for row in range(tile.height // by):
                self._put(number, tile.left // by, tile.top // by + row, dark)

    def _put(self, number: int, left: int, top: int, octets: bytes | memoryview) -> None:
        begin = top * (self._size[0] // PLANES[number][0]) + left
        self._planes[number][begin : begin + len(octets)] = octets

    def frame(self) -> VideoFrame:
        """As it is now."""
        made = VideoFrame(*self._size, "yuv420p")
        for plane, octets, (by, _) in zip(made.planes, self._planes, PLANES, strict=True):
            plane.update(_padded(bytes(octets), self._size[0] // by, plane.line_size))
        return made


def _padded(octets: bytes, width: int, line_size: int) -> bytes:
    if width == line_size:  # always, as the widths of tiles are
        return octets
    rows = (octets[begin : begin + width] for begin in range(0, len(octets), width))
    return b"".join(row.ljust(line_size, b"\0") for row in rows)


class Film:
    """H.264 and AAC in MP4. Close it."""

    def __init__(self, output: IO[bytes], arrangement: Arrangement | None) -> None:
        """Without an arrangement it is sound alone."""
        self._container = av.open(output, "w", format="mp4")
        self._video: VideoStream | None = None
        if arrangement is not None:
            options = {"preset": "veryfast", "crf": "23"}
            self._video = self._container.add_stream("libx264", FRAME_RATE, options)
            self._video.width, self._video.height = arrangement.width, arrangement.height
            self._video.pix_fmt = "yuv420p"
        self._audio: AudioStream = self._container.add_stream("aac", SAMPLE_RATE, layout="mono")

    def picture(self, number: int, frame: VideoFrame) -> None:
        """The film's picture of that number."""
        if self._video is not None:
            frame.pts, frame.time_base = number, Fraction(1, FRAME_RATE)
            self._container.mux(self._video.encode(frame))

    def sound(self, place: int, samples: Samples) -> None:
        """BLOCK samples, which begin there."""
        frame = AudioFrame("fltp", "mono", len(samples))
        frame.planes[0].update(samples.tobytes())
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, place, Fraction(1, SAMPLE_RATE)
        self._container.mux(self._audio.encode(frame))

    def finish(self) -> None:
        """Write what the encoders still hold."""
        for stream in (self._video, self._audio):
            if stream is not None:
                self._container.mux(stream.encode(None))

    def close(self) -> None:
        self._container.close()


def mixed(voices: Sequence[Samples]) -> Samples:
    """All at once, as loud as they are."""
    first, *others = voices
    for other in others:
        first = array("f", map(operator.add, first, other))
    return first
