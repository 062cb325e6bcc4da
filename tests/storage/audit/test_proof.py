"""A proof of inclusion proves itself with the log's public key, and nothing else does."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.audit import checkpoint, proof
from storage.audit.checkpoint import Checkpoint
from storage.audit.note import Signer
from storage.audit.proof import Proof
from storage.audit.tree import inclusion, root
from storage.errors import InvalidNote
from tests.storage.audit.vectors import leaf, tree

SIGNER = Signer("log.example/audit", bytes(range(32)))
SIZE, INDEX = 300, 257


def made(index: int = INDEX) -> Proof:
    said = Checkpoint(SIGNER.name, SIZE, root(SIZE, tree(SIZE)))
    path = tuple(inclusion(index, SIZE, tree(SIZE)))
    return Proof(leaf(index), index, path, checkpoint.sign(said, SIGNER).data)


@pytest.mark.parametrize("index", [0, 255, 256, SIZE - 1])
def test_a_proof_is_read_back_and_holds(index: int) -> None:
    read = proof.parse(made(index).data)
    assert read == made(index)
    assert proof.verify(read, SIGNER.verifier).size == SIZE


def test_it_has_the_form_of_the_specification() -> None:
    lines = made().data.decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1] == "extra bGVhZiAyNTc="
    assert lines[2] == "index 257"
    gap = lines.index("")
    assert gap == 3 + len(made().hashes)
    assert lines[gap + 1 : gap + 3] == [SIGNER.name, str(SIZE)]


def test_a_proof_of_anything_else_is_refused() -> None:
    for changed in (
        replace(made(), leaf=b"another"),
        replace(made(), index=INDEX - 1),
        replace(made(), hashes=made().hashes[:-1]),
        replace(made(), hashes=()),
    ):
        with pytest.raises(InvalidNote, match="does not lead to the root of 300 rows"):
            proof.verify(proof.parse(changed.data), SIGNER.verifier)
    other = Signer("other.example", bytes(32)).verifier
    with pytest.raises(InvalidNote, match="of another log"):
        proof.verify(made(), other)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (b"proof@v1", b"proof@v2", "does not begin as c2sp.org/tlog-proof@v1 does"),
        (b"extra ", b"extra_", "does not begin as"),
        (b"index 257", b"index 0257", "does not begin as"),
        (b"extra bGV", b"extra bG", "not base64"),
        (b"index 257\n", b"index 257\nAAAA\n", "lines that are not hashes"),
    ],
)
def test_what_is_no_proof_is_refused(before: bytes, after: bytes, message: str) -> None:
    with pytest.raises(InvalidNote, match=message):
        proof.parse(made().data.replace(before, after, 1))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_proof_or_none(data: bytes) -> None:
    for given_bytes in (data, b"c2sp.org/tlog-proof@v1\nextra \nindex 0\n" + data):
        with contextlib.suppress(InvalidNote):
            proof.verify(proof.parse(given_bytes), SIGNER.verifier)
            pytest.fail("there is no signature")
