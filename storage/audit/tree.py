"""The Merkle tree of RFC 6962, section 2.1: hashes, roots and proofs. Pure.

Whoever asks brings a `Node`, which knows the roots of complete subtrees; where they are kept is
nothing to the tree. What checks a proof follows RFC 9162, sections 2.1.3.2 and 2.1.4.2, and shares
nothing with what makes one but the two hashes.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

Node = Callable[[int, int], bytes]
"""`node(level, index)` is the root over 2**level leaves, from leaf index * 2**level on."""


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root(size: int, node: Node) -> bytes:
    """Of the first `size` leaves."""
    return _root(0, size, node)


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """What shows that leaf `index` is in the tree of `size` leaves, from its sibling upward.

    Raises ValueError if it is not.
    """
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    return _path(index, 0, size, node)


def consistency(old: int, new: int, node: Node) -> list[bytes]:
    """What shows that the tree of `new` leaves begins with that of `old`. Raises ValueError."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves cannot begin with one of {old}")
    return _subproof(old, 0, new, node, whole=True) if old else []


def is_included(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes
) -> bool:
    """Whether the proof leads from the hash of a leaf to the root."""
    if not 0 <= index < size:
        return False
    here, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node_hash(sibling, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and found == expected


def is_consistent(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Whether the tree of `new` leaves is one of `old` that has grown."""
    if not 0 <= old <= new:
        return False
    if old in {0, new}:
        fits = old_root == (new_root if old else EMPTY_ROOT)
        return fits and not proof
    steps = list(proof) if old & (old - 1) else [old_root, *proof]
    return bool(steps) and _grows(old - 1, new - 1, steps) == (old_root, new_root)


def _grows(here: int, last: int, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The roots, old and new, to which a consistency proof leads; none if it does not fit."""
    while here & 1:
        here, last = here >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if here & 1 or here == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            after = node_hash(after, step)
        here, last = here >> 1, last >> 1
    return (before, after) if last == 0 else None


def _split(size: int) -> int:
    """The largest power of two below `size`, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def _root(start: int, end: int, node: Node) -> bytes:
    """Over the leaves from `start` to before `end`, one of the ranges that the RFC divides into."""
    size = end - start
    if size == 0:
        return EMPTY_ROOT
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(size)
    return node_hash(_root(start, middle, node), _root(middle, end, node))


def _path(index: int, start: int, end: int, node: Node) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, node), _root(middle, end, node)]
    return [*_path(index, middle, end, node), _root(start, middle, node)]


def _subproof(old: int, start: int, end: int, node: Node, *, whole: bool) -> list[bytes]:
    """`whole`: the old tree is all of the range, so that its root is known already."""
    if old == end:
        return [] if whole else [_root(start, end, node)]
    middle = start + _split(end - start)
    if old <= middle:
        rest = _root(middle, end, node)
        return [*_subproof(old, start, middle, node, whole=whole), rest]
    return [*_subproof(old, middle, end, node, whole=False), _root(start, middle, node)]
