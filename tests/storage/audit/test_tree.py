"""Roots and proofs are those that other implementations come to, and nothing else passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.audit.tiles import Edge, Tile, nodes, subtree_root
from storage.audit.tree import (
    EMPTY_ROOT,
    consistency,
    inclusion,
    is_consistent,
    is_included,
    leaf_hash,
    root,
)
from tests.storage.audit.vectors import SIZES, VECTOR, digest, leaf, tree

# The leaves and roots that implementations of Certificate Transparency are tested with.
LEAVES_OF_CT = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162")
ROOTS_OF_CT = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
)


def indexes(size: int) -> list[int]:
    """Those whose proofs the vector has."""
    some = {0, 1, size // 2, size - 2, size - 1, 255 % size}
    return list(range(size)) if size <= 68 else sorted(some)


def test_roots_are_those_of_certificate_transparency() -> None:
    edge = Edge()
    found = []
    for leaf_of_ct in LEAVES_OF_CT[:7]:
        edge.add(bytes.fromhex(leaf_of_ct))
        found.append(edge.root.hex())
    assert found == list(ROOTS_OF_CT)
    assert Edge().root == EMPTY_ROOT


def test_roots_are_those_of_another_implementation() -> None:
    assert {str(size): root(size, tree(size)).hex() for size in SIZES} == VECTOR["roots"]


def test_the_edge_of_a_growing_tree_has_the_root_of_each_size() -> None:
    edge = Edge()
    found = {0: edge.root.hex()}
    for index in range(600):
        edge.add(leaf(index))
        found[edge.size] = edge.root.hex()
    assert {size: found[size] for size in SIZES if size <= 600} == {
        int(size): known for size, known in VECTOR["roots"].items() if int(size) <= 600
    }


def test_proofs_of_inclusion_are_those_of_another_implementation() -> None:
    for size in SIZES[1:]:
        prove_inclusion(size)


def prove_inclusion(size: int) -> None:
    node = tree(size)
    proofs = {index: inclusion(index, size, node) for index in indexes(size)}
    known = VECTOR["inclusion"][str(size)]
    if isinstance(known, str):
        assert digest(value for proof in proofs.values() for value in proof) == known
    else:
        assert {str(at): [v.hex() for v in proof] for at, proof in proofs.items()} == known
    whole = root(size, node)
    for index, proof in proofs.items():
        assert is_included(leaf_hash(leaf(index)), index, size, proof, whole)


def test_proofs_of_consistency_are_those_of_another_implementation() -> None:
    for size in SIZES[1:]:
        prove_consistency(size)


def prove_consistency(size: int) -> None:
    node = tree(size)
    olds = [old for old in SIZES if 0 < old <= size]
    proofs = {old: consistency(old, size, node) for old in olds}
    assert (
        digest(value for proof in proofs.values() for value in proof)
        == (VECTOR["consistency"][str(size)])
    )
    for old, proof in proofs.items():
        assert is_consistent(old, size, proof, root(old, tree(old)), root(size, node))


def test_every_tree_begins_with_the_empty_one_only() -> None:
    whole = root(7, tree(7))
    assert consistency(0, 7, tree(7)) == []
    assert is_consistent(0, 7, [], EMPTY_ROOT, whole)
    assert not is_consistent(0, 7, [], whole, whole)
    assert not is_consistent(0, 7, [whole], EMPTY_ROOT, whole)
    assert not is_consistent(7, 7, [whole], whole, whole)


@given(st.integers(1, 130), st.data())
def test_no_other_proof_of_inclusion_passes(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    node, own = tree(size), leaf_hash(leaf(index))
    proof, whole = inclusion(index, size, node), root(size, node)
    other = data.draw(st.integers(0, 200).filter(lambda at: at != index))
    assert not is_included(own, other, size, proof, whole)
    assert not is_included(leaf_hash(leaf(other)), index, size, proof, whole)
    assert not is_included(own, index, size, [*proof, whole], whole)
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        changed = [*proof]
        changed[place] = bytes(32)
        assert not is_included(own, index, size, changed, whole)
        assert not is_included(own, index, size, proof[:-1], whole)


@given(st.integers(1, 130), st.data())
def test_no_other_proof_of_consistency_passes(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    before, after = root(old, tree(old)), root(size, tree(size))
    proof = consistency(old, size, tree(size))
    assert not is_consistent(old, size, proof, bytes(32), after)
    assert not is_consistent(old, size, proof, before, bytes(32))
    assert not is_consistent(old, size, [*proof, before], before, after)
    if proof:
        assert not is_consistent(old, size, proof[:-1], before, after)
        assert not is_consistent(size, old, proof, after, before)


@given(
    st.integers(0, 2**63),
    st.integers(0, 2**63),
    st.lists(st.binary(min_size=32, max_size=32), max_size=70),
)
def test_any_proof_is_judged(first: int, second: int, proof: list[bytes]) -> None:
    assert not is_included(bytes(32), first, second, proof, EMPTY_ROOT)
    verdict = is_consistent(first, second, proof, EMPTY_ROOT, EMPTY_ROOT)
    assert verdict == (not proof and first <= second and first in {0, second})


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_what_is_not_in_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match=f"there is no leaf {index} in a tree of {size}"):
        inclusion(index, size, tree(3))


def test_a_larger_tree_is_not_the_beginning_of_a_smaller_one() -> None:
    with pytest.raises(ValueError, match="a tree of 3 leaves cannot begin with one of 4"):
        consistency(4, 3, tree(3))


def test_a_full_tile_counts_in_the_level_above() -> None:
    edge = Edge()
    full: list[Tile] = [tile for index in range(256) for tile in edge.add(leaf(index))]
    assert [(tile.level, tile.number) for tile in full] == [(0, 0)]
    assert edge.levels == [[], [subtree_root(full[0].hashes)]]
    kept = {(0, 0): full[0].hashes, (1, 0): edge.levels[1]}
    assert edge.root == root(256, nodes(lambda level, number: kept[level, number]))
