"""Where each picture goes. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from relay.media import PartSource

Layout = Literal["grid", "screen"]
"""Equal tiles; or what is shared large, and everybody in a column beside it."""
Place = tuple[str, PartSource]
"""Whose picture, and which of theirs."""

TILE_WIDTHS = {1: 1280, 2: 640, 3: 448, 4: 320}
"""By columns, as multiples of 64: rows of a whole picture then lie end to end in memory."""
SCREEN_WIDTH, COLUMN_WIDTH = 960, 320


@dataclass(frozen=True)
class Tile:
    """A rectangle, 16 to 9, all of whose numbers are even."""

    left: int
    top: int
    width: int

    @property
    def height(self) -> int:
        return self.width * 9 // 16


@dataclass(frozen=True)
class Arrangement:
    """Of the whole film: nobody moves when somebody comes or goes."""

    width: int
    height: int
    tiles: Mapping[Place, Tile]


def arrange(layout: Layout, places: Sequence[Place]) -> Arrangement:
    """At least one of them. Where nothing was shared, everything is a grid."""
    if layout == "screen" and any(source == "screen" for _, source in places):
        return _beside_screen(places)
    columns = min(max(TILE_WIDTHS), math.ceil(math.sqrt(len(places))))
    width = TILE_WIDTHS[columns]
    height = width * 9 // 16
    tiles = {
        place: Tile(number % columns * width, number // columns * height, width)
        for number, place in enumerate(places)
    }
    return Arrangement(columns * width, math.ceil(len(places) / columns) * height, tiles)


def _beside_screen(places: Sequence[Place]) -> Arrangement:
    """All screens have one place: whoever shares takes it over."""
    people = [place for place in places if place[1] != "screen"]
    tiles = {place: Tile(0, 0, SCREEN_WIDTH) for place in places if place[1] == "screen"}
    beside = [
        Tile(SCREEN_WIDTH, number * (COLUMN_WIDTH * 9 // 16), COLUMN_WIDTH)
        for number in range(len(people))
    ]
    height = max(SCREEN_WIDTH * 9 // 16, sum(tile.height for tile in beside))
    tiles |= dict(zip(people, beside, strict=True))
    return Arrangement(SCREEN_WIDTH + COLUMN_WIDTH, height, tiles)
