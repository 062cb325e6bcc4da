"""Where each picture goes."""

import itertools

import pytest

from relay.composition.arrangement import Arrangement, Layout, Place, Tile, arrange

PEOPLE: list[Place] = [(f"person {number}", "camera") for number in range(8)]
SCREEN: Place = ("person 0", "screen")


def test_two_are_beside_each_other() -> None:
    assert arrange("grid", PEOPLE[:2]) == Arrangement(
        1280, 360, {PEOPLE[0]: Tile(0, 0, 640), PEOPLE[1]: Tile(640, 0, 640)}
    )


def test_a_shared_screen_is_large_beside_a_column_of_everybody() -> None:
    found = arrange("screen", [*PEOPLE[:2], SCREEN])
    assert (found.width, found.height) == (1280, 540)
    assert found.tiles[SCREEN] == Tile(0, 0, 960)
    assert [found.tiles[place] for place in PEOPLE[:2]] == [Tile(960, 0, 320), Tile(960, 180, 320)]


def test_where_nothing_was_shared_it_is_a_grid() -> None:
    assert arrange("screen", PEOPLE[:3]) == arrange("grid", PEOPLE[:3])


@pytest.mark.parametrize("layout", ["grid", "screen"])
@pytest.mark.parametrize("people", range(1, 9))
@pytest.mark.parametrize("shared", [False, True])
def test_tiles_lie_inside_and_apart_on_even_numbers(
    layout: Layout, people: int, *, shared: bool
) -> None:
    places = [*PEOPLE[:people], *[SCREEN] * shared]
    found = arrange(layout, places)
    assert set(found.tiles) == set(places)
    assert found.width % 64 == 0
    assert found.height % 2 == 0
    for tile in found.tiles.values():
        assert not any(value % 2 for value in (tile.left, tile.top, tile.width, tile.height))
        assert tile.left + tile.width <= found.width
        assert tile.top + tile.height <= found.height
    for one, other in itertools.combinations(found.tiles.values(), 2):
        beside = one.left + one.width <= other.left or other.left + other.width <= one.left
        above = one.top + one.height <= other.top or other.top + other.height <= one.top
        assert beside or above
