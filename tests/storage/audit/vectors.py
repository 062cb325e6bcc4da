"""What another implementation of C2SP's transparency logs makes of the same leaves: see
tests/vectors/audit_log.md.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from storage.audit.tiles import WIDTH, Edge, Tile, nodes, path, subtree_root, width
from storage.audit.tree import Node, leaf_hash

VECTOR: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "audit_log.json").read_text()
)
SIZES = [int(size) for size in VECTOR["roots"]]
LARGEST = max(SIZES)


def leaf(index: int) -> bytes:
    return b"leaf %d" % index


@cache
def full_tiles() -> dict[str, Tile]:
    """Of the largest tree, by path."""
    edge = Edge()
    found = [tile for index in range(LARGEST) for tile in edge.add(leaf(index))]
    return {path(tile.level, tile.number): tile for tile in found}


@cache
def hashes(level: int, number: int, wide: int) -> Sequence[bytes]:
    """As a tree of any size has them."""
    if (full := full_tiles().get(path(level, number))) is not None:
        return full.hashes[:wide]
    if level == 0:
        return [leaf_hash(leaf(number * WIDTH + place)) for place in range(wide)]
    below = range(number * WIDTH, number * WIDTH + wide)
    return [subtree_root(hashes(level - 1, at, WIDTH)) for at in below]


def tree(size: int) -> Node:
    """Of the first leaves, read from tiles."""
    return nodes(lambda level, number: hashes(level, number, width(level, number, size)))


def digest(values: Iterable[bytes]) -> str:
    return hashlib.sha256(b"".join(values)).hexdigest()
