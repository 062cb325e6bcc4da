"""Tiles and bundles of entries lie where C2SP says, with the bytes that others write."""

import contextlib
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.audit import tiles
from storage.audit.tree import HASH_SIZE
from storage.errors import InvalidLog
from tests.storage.audit.vectors import VECTOR, hashes, leaf


def everything(size: int) -> dict[str, str]:
    """SHA-256 of each resource of that tree, by its path."""
    found = {}
    for level, number, wide in tiles.in_tree(size):
        found[tiles.path(level, number, wide)] = b"".join(hashes(level, number, wide))
        if level == 0:
            begin = number * tiles.WIDTH
            entries = [leaf(index) for index in range(begin, begin + wide)]
            found[tiles.entries_path(number, wide)] = tiles.bundle(entries)
    return {path: hashlib.sha256(data).hexdigest() for path, data in sorted(found.items())}


@pytest.mark.parametrize("size", [1, 255, 256, 600])
def test_a_tree_has_the_resources_that_another_implementation_writes(size: int) -> None:
    assert everything(size) == VECTOR["tiles"][str(size)]


def test_so_has_a_tree_of_three_levels() -> None:
    lines = "".join(f"{path} {digest}\n" for path, digest in everything(70_000).items())
    assert hashlib.sha256(lines.encode()).hexdigest() == VECTOR["tiles"]["70000"]


def test_the_example_of_the_specification() -> None:
    widths: dict[int, list[int]] = {}
    for level, _, wide in tiles.in_tree(70_000):
        widths.setdefault(level, []).append(wide)
    assert widths == {0: [256] * 273 + [112], 1: [256, 17], 2: [1]}
    assert list(tiles.in_tree(256)) == [(0, 0, 256), (1, 0, 1)]
    assert list(tiles.in_tree(0)) == []
    assert tiles.path(0, 1_234_067) == "tile/0/x001/x234/067"
    assert tiles.entries_path(1_000, 7) == "tile/entries/x001/000.p/7"


@given(st.lists(st.binary(max_size=300), max_size=tiles.WIDTH))
def test_entries_are_read_back(entries: list[bytes]) -> None:
    assert tiles.entries_of(tiles.bundle(entries)) == entries


@given(st.binary(max_size=600))
def test_any_bytes_are_a_bundle_or_none(data: bytes) -> None:
    with contextlib.suppress(InvalidLog):
        assert tiles.bundle(tiles.entries_of(data)) == data


@given(st.binary(max_size=9_000))
def test_any_bytes_are_a_tile_or_none(data: bytes) -> None:
    with contextlib.suppress(InvalidLog):
        found = tiles.hashes_of(data)
        assert b"".join(found) == data
        assert {len(value) for value in found} == {HASH_SIZE}


@pytest.mark.parametrize("size", [0, 31, 33, tiles.WIDTH * HASH_SIZE + HASH_SIZE])
def test_a_tile_is_1_to_256_hashes(size: int) -> None:
    with pytest.raises(InvalidLog, match=f"A tile of {size} bytes is not 1 to 256 hashes"):
        tiles.hashes_of(bytes(size))


def test_an_entry_has_up_to_65535_bytes() -> None:
    longest = bytes(0xFFFF)
    assert tiles.entries_of(tiles.bundle([longest])) == [longest]
    with pytest.raises(InvalidLog, match="An entry of 65536 bytes is longer than 65535"):
        tiles.bundle([longest + b"1"])


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x02a", bytes(2 * 257)])
def test_a_cut_or_overfull_bundle_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidLog, match="does not end after entry"):
        tiles.entries_of(data)
