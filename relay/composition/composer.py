"""Puts the pieces of a session together, moment by moment, with a bounded need of memory."""

import math
from array import array
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import IO

from av.video.frame import VideoFrame

from relay.composition.arrangement import Layout, Place, arrange
from relay.composition.film import BLOCK, FRAME_RATE, Canvas, Film, mixed
from relay.composition.piece import SAMPLE_RATE, Pictures, Piece, Probed, Samples, Sound, probe


def tell_nobody(_: float) -> None:
    """Where nobody asks."""


def compose(
    pieces: Sequence[Piece],
    output: IO[bytes],
    layout: Layout = "grid",
    told: Callable[[float], None] = tell_nobody,
) -> None:
    """Write the film of all pieces, whose sound and pictures begin where they were on the session's
    clock.

    `output` must be seekable. `told` hears, every second of the film, how much of it is done, from
    0 to 1; what it raises ends the work. Raises ValueError without pieces, and av.FFmpegError for a
    file that cannot be played.
    """
    if not pieces:
        raise ValueError("there is nothing to compose")
    probed = sorted(map(probe, pieces), key=lambda one: one.begin)
    places = list(dict.fromkeys(one.piece.place for one in probed if one.has_pictures))
    arrangement = arrange(layout, places) if places else None
    seconds = max(one.end for one in probed)
    voices = Voices([one for one in probed if one.has_sound])
    with closing(Film(output, arrangement)) as film:
        stage = Stage([one for one in probed if one.has_pictures])
        canvas = Canvas(arrangement) if arrangement else None
        for number in range(math.ceil(seconds * FRAME_RATE)):
            time = number / FRAME_RATE
            if number % FRAME_RATE == 0:
                told(time / seconds)
            if arrangement and canvas:
                for place, frame in stage.changed(time):
                    tile = arrangement.tiles[place]
                    canvas.paste(tile, frame) if frame else canvas.clear(tile)
                film.picture(number, canvas.frame())
            for begin, samples in voices.until(time):
                film.sound(begin, samples)
        for begin, samples in voices.until(seconds):
            film.sound(begin, samples)
        film.finish()
        told(1.0)


class Stage:
    """Who is seen. A file is open only while its piece is."""

    def __init__(self, probed: Sequence[Probed]) -> None:
        self._coming = list(probed)
        self._open: dict[Place, Pictures] = {}
        self._shown: dict[Place, VideoFrame | None] = {}

    def changed(self, time: float) -> list[tuple[Place, VideoFrame | None]]:
        """What is another picture than before; None where nobody is seen any more."""
        while self._coming and self._coming[0].begin <= time:
            begun = self._coming.pop(0)
            self._open[begun.piece.place] = Pictures(begun)
        changed = []
        for place, pictures in list(self._open.items()):
            frame = pictures.at(time)
            if frame is not self._shown.get(place):
                self._shown[place] = frame
                changed.append((place, frame))
        # Two who share a screen one after the other have one tile.
        return sorted(changed, key=lambda one: one[1] is not None)


class Voices:
    """Who is heard, in blocks."""

    def __init__(self, probed: Sequence[Probed]) -> None:
        self._coming = list(probed)
        self._open: list[tuple[float, Sound]] = []
        self._place = 0

    def until(self, time: float) -> list[tuple[int, Samples]]:
        """The blocks that begin before that time and were not given out yet."""
        blocks = []
        while self._place < time * SAMPLE_RATE:
            blocks.append((self._place, self._block()))
            self._place += BLOCK
        return blocks

    def _block(self) -> Samples:
        begin, end = self._place / SAMPLE_RATE, (self._place + BLOCK) / SAMPLE_RATE
        while self._coming and self._coming[0].begin < end:
            begun = self._coming.pop(0)
            self._open.append((begun.end, Sound(begun)))
        self._open = [(ends, sound) for ends, sound in self._open if ends > begin]
        if not self._open:
            return array("f", bytes(4 * BLOCK))
        return mixed([sound.take(self._place, BLOCK) for _, sound in self._open])
