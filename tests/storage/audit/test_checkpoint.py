"""Checkpoints are those of C2SP, and a file of them is read note by note, torn ones included."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.audit import checkpoint, note
from storage.audit.checkpoint import Checkpoint
from storage.audit.note import Signer
from storage.errors import InvalidNote
from tests.storage.audit.vectors import VECTOR

SIGNER = Signer("log.example/audit", bytes(range(32)))
# The text of the example of https://c2sp.org/tlog-checkpoint
EXAMPLE = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def signed(size: int, origin: str = SIGNER.name) -> bytes:
    return checkpoint.sign(Checkpoint(origin, size, bytes(32)), SIGNER).data


def test_the_example_of_the_specification_is_read() -> None:
    said = checkpoint.parse(EXAMPLE)
    assert (said.origin, said.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert said.text == EXAMPLE
    assert checkpoint.parse(f"{EXAMPLE}an extension\n") == said


def test_another_implementation_makes_the_same() -> None:
    known = VECTOR["note"]
    signer = Signer(known["name"], bytes.fromhex(known["seed"]))
    root = bytes.fromhex(VECTOR["roots"]["600"])
    said = Checkpoint(known["name"], known["size"], root)
    assert checkpoint.sign(said, signer).data.decode() == known["checkpoint"]
    assert checkpoint.opened(known["checkpoint"].encode(), signer.verifier) == said


def test_a_checkpoint_of_another_log_is_refused_with_both_names() -> None:
    other = Signer("other.example/audit", bytes(32))
    foreign = checkpoint.sign(Checkpoint(other.name, 1, bytes(32)), other).data
    told = "of another log: of other.example/audit, and not of log.example/audit"
    with pytest.raises(InvalidNote, match=told):
        checkpoint.opened(foreign, SIGNER.verifier)
    pretending = checkpoint.sign(Checkpoint(SIGNER.name, 1, bytes(32)), other).data
    with pytest.raises(InvalidNote, match=r"not signed with the key of log\.example/audit"):
        checkpoint.opened(pretending, SIGNER.verifier)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "an origin, a size and a root hash"),
        ("origin\n1\n", "an origin, a size and a root hash"),
        (EXAMPLE.replace("example.com/behind-the-sofa", ""), "an origin, a size and a root"),
        (EXAMPLE[:-1], "an origin, a size and a root hash"),
        (f"{EXAMPLE}\n", "an origin, a size and a root hash"),
        (EXAMPLE.replace("\n20852163", "\n020852163"), "number of rows"),
        (EXAMPLE.replace("\n20852163", "\n-1"), "number of rows"),
        (EXAMPLE.replace("\n20852163", "\n" + "9" * 30), "number of rows"),
        (EXAMPLE.replace("CsUY", "CsU"), "SHA-256 in base64"),
        (EXAMPLE.replace("q2I=", "q2J="), "SHA-256 in base64"),
        (EXAMPLE.replace("CsUYapGG", ""), "SHA-256 in base64"),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidNote, match=message):
        checkpoint.parse(text)


@given(st.text(max_size=120))
def test_any_text_is_a_checkpoint_or_none(text: str) -> None:
    with contextlib.suppress(InvalidNote):
        said = checkpoint.parse(text)
        assert text.startswith(said.text)


def test_a_file_of_checkpoints_is_read_note_by_note() -> None:
    notes = [signed(size) for size in range(5)]
    assert list(checkpoint.split(b"".join(one + b"\n" for one in notes))) == notes
    assert list(checkpoint.split(b"".join(notes))) == notes
    assert list(checkpoint.split(notes[3])) == [notes[3]]
    assert list(checkpoint.split(b"")) == []


def test_a_torn_note_hides_no_other() -> None:
    """The server begins anew with an empty line."""
    before, lost, after = signed(6), signed(7), signed(8)
    for length in range(1, len(lost)):
        torn = lost[:length]
        found = list(checkpoint.split(before + b"\n" + torn + b"\n\n" + after + b"\n"))
        assert (found[0], found[-1]) == (before, after)
        assert all(piece == lost or _is_refused(piece) for piece in found[1:-1])
        assert next(checkpoint.split(before + b"\n" + torn)) == before


def _is_refused(piece: bytes) -> bool:
    try:
        checkpoint.opened(piece, SIGNER.verifier)
    except InvalidNote:
        return True
    return False


@given(st.binary(max_size=300))
def test_any_bytes_are_split(data: bytes) -> None:
    for piece in checkpoint.split(data):
        with contextlib.suppress(InvalidNote):
            note.parse(piece)
