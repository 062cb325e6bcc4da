"""The tree in pieces of 256 hashes, as C2SP's tlog-tiles has it: https://c2sp.org/tlog-tiles. Pure.

A full tile never changes, so it is written once. Those at the right edge grow: `Edge` holds them in
memory while leaves are added, `nodes` finds any hash of the tree in tiles that were kept.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from storage.audit.tree import EMPTY_ROOT, HASH_SIZE, Node, leaf_hash, node_hash
from storage.errors import InvalidLog

HEIGHT = 8
WIDTH = 1 << HEIGHT
MAX_ENTRY = 0xFFFF  # an entry's length has two bytes
LENGTH = 2

Read = Callable[[int, int], Sequence[bytes]]
"""`read(level, number)` is the tile, full or as far as it goes."""


@dataclass(frozen=True)
class Tile:
    """A full one."""

    level: int
    number: int
    hashes: tuple[bytes, ...]

    @property
    def data(self) -> bytes:
        return b"".join(self.hashes)


@dataclass
class Edge:
    """The right edge of a growing tree: what of it is in no full tile yet."""

    size: int = 0
    levels: list[list[bytes]] = field(default_factory=list)
    """By the level of tiles, from the leaves upward."""

    def add(self, leaf: bytes) -> list[Tile]:
        """One more leaf; the tiles that it fills."""
        return self.add_hash(leaf_hash(leaf))

    def add_hash(self, value: bytes) -> list[Tile]:
        """The same of a leaf of which nothing but its hash is there."""
        full = list(self._put(0, self.size, value))
        self.size += 1
        return full

    @property
    def root(self) -> bytes:
        """Of all leaves so far."""
        found: bytes | None = None
        for hashes in self.levels:
            for subtree in reversed(list(_complete(hashes))):
                found = subtree if found is None else node_hash(subtree, found)
        return EMPTY_ROOT if found is None else found

    def _put(self, level: int, index: int, value: bytes) -> Iterator[Tile]:
        if level == len(self.levels):
            self.levels.append([])
        hashes = self.levels[level]
        hashes.append(value)
        if len(hashes) == WIDTH:
            self.levels[level] = []
            number = index >> HEIGHT
            yield Tile(level, number, tuple(hashes))
            yield from self._put(level + 1, number, subtree_root(hashes))


def width(level: int, number: int, size: int) -> int:
    """How many hashes that tile has in a tree of `size` leaves."""
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - number * WIDTH))


def in_tree(size: int) -> Iterator[tuple[int, int, int]]:
    """Level, number and width of every tile of a tree."""
    level = 0
    while hashes := size >> (HEIGHT * level):
        for number in range(-(-hashes // WIDTH)):
            yield level, number, width(level, number, size)
        level += 1


def path(level: int, number: int, wide: int = WIDTH) -> str:
    """Where a tile is, below the log's prefix."""
    return f"tile/{level}/{_place(number, wide)}"


def entries_path(number: int, wide: int = WIDTH) -> str:
    """Where the entries of that tile of leaves are."""
    return f"tile/entries/{_place(number, wide)}"


def subtree_root(hashes: Sequence[bytes]) -> bytes:
    """Of a power of two of neighbours."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(level[i], level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


def nodes(read: Read) -> Node:
    """Any hash of the tree, from its tiles."""

    def node(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, HEIGHT)
        first = index << height
        number, place = divmod(first, WIDTH)
        return subtree_root(read(tile_level, number)[place : place + (1 << height)])

    return node


def hashes_of(data: bytes) -> list[bytes]:
    """A tile as it is stored or sent. Raises InvalidLog."""
    if not data or len(data) % HASH_SIZE or len(data) > WIDTH * HASH_SIZE:
        raise InvalidLog(f"A tile of {len(data)} bytes is not 1 to {WIDTH} hashes.")
    return [data[place : place + HASH_SIZE] for place in range(0, len(data), HASH_SIZE)]


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries as they are sent. Raises InvalidLog for one that is too long."""
    pieces = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise InvalidLog(f"An entry of {len(entry)} bytes is longer than {MAX_ENTRY}.")
        pieces += [len(entry).to_bytes(LENGTH, "big"), entry]
    return b"".join(pieces)


def entries_of(data: bytes) -> list[bytes]:
    """The opposite of `bundle`. Raises InvalidLog."""
    entries: list[bytes] = []
    place = 0
    while place < len(data):
        begin = place + LENGTH
        place = begin + int.from_bytes(data[place:begin], "big")
        if begin > len(data) or place > len(data) or len(entries) == WIDTH:
            raise InvalidLog(f"A bundle of entries does not end after entry {len(entries)}.")
        entries.append(data[begin:place])
    return entries


def _place(number: int, wide: int) -> str:
    """1234067 is x001/x234/067, with its width where it is not full."""
    parts = [f"{number % 1000:03}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03}")
    return "/".join(parts) + ("" if wide == WIDTH else f".p/{wide}")


def _complete(hashes: Sequence[bytes]) -> Iterator[bytes]:
    """Roots of the complete subtrees that the hashes are, from left to right."""
    place = 0
    for height in reversed(range(HEIGHT)):
        if len(hashes) & 1 << height:
            yield subtree_root(hashes[place : place + (1 << height)])
            place += 1 << height
