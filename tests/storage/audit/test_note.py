"""Signed notes are those of C2SP: its examples open, ours open elsewhere, and nothing else does."""

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.audit import note
from storage.audit.note import Note, Signature, Signer, Verifier
from storage.errors import InvalidNote
from tests.storage.audit.vectors import VECTOR

# The example of https://c2sp.org/signed-note
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = """\
This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1\
Yu72IneyaQM=
""".encode()
POEM = """\
Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcX\
xj99ihAQwaqP3ZekRwNtIc=
""".encode()
SIGNER = Signer("log.example/audit", bytes(range(32)))


def test_the_example_of_the_specification_opens() -> None:
    verifier = Verifier.parse(VKEY)
    assert str(verifier) == VKEY
    assert verifier.open(note.parse(EXAMPLE)) == "This is an example message.\n"
    assert note.parse(EXAMPLE).data == EXAMPLE


def test_a_text_may_have_empty_lines() -> None:
    found = note.parse(POEM)
    assert found.text.endswith("sole:\n\ned è subito sera.\n")
    assert [one.name for one in found.signatures] == ["quasimodo.example/salvatore"]
    assert found.data == POEM


def test_another_implementation_signs_the_same() -> None:
    known = VECTOR["note"]
    signer = Signer(known["name"], bytes.fromhex(known["seed"]))
    assert str(signer.verifier) == known["vkey"]
    signed = note.parse(known["checkpoint"].encode())
    assert signer.sign(signed.text) == signed
    assert signer.verifier.open(signed) == signed.text


def test_keys_are_read_back_and_a_private_one_is_not_shown() -> None:
    assert Signer.parse(SIGNER.secret) == SIGNER
    assert Verifier.parse(f"{SIGNER.verifier}\n") == SIGNER.verifier
    assert SIGNER.seed.hex() not in repr(SIGNER)
    assert "seed" not in repr(SIGNER)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("example message", "example massage", "signature of example.com/foo does not fit"),
        ("foo Uw2QOkn8", "foo Uw2QOkn9", "signature of example.com/foo does not fit"),
        ("foo Uw2Q", "foo Vw2Q", "not signed with the key of example.com/foo, but example"),
        ("— example.com/foo", "— example.com/bar", "not signed with the key of .*, but .*/bar"),
        ("\n\n—", "\n—", "does not end with an empty line and signatures"),
        ("aQM=\n", "aQM=", "does not end with an empty line and signatures"),
        ("— example", "- example", "a line below its text that is no signature"),
        ("foo Uw2Q", "foo  Uw2Q", "a line below its text that is no signature"),
        ("foo Uw2Q", "f+o Uw2Q", "has spaces or a plus sign"),
        ("aQM=", "aQN=", "a line below its text that is no signature"),
        ("an example", "an\texample", "control characters"),
    ],
)
def test_a_changed_note_is_refused(before: str, after: str, message: str) -> None:
    changed = EXAMPLE.decode().replace(before, after, 1).encode()
    assert changed != EXAMPLE
    with pytest.raises(InvalidNote, match=message):
        Verifier.parse(VKEY).open(note.parse(changed))


def test_signatures_of_others_are_ignored_and_each_of_ours_counts() -> None:
    signed = SIGNER.sign("text\n")
    stranger = Signature("witness.example", b"\x00\x01\x02\x03", bytes(64))
    both = Note(signed.text, (stranger, *signed.signatures))
    assert SIGNER.verifier.open(note.parse(both.data)) == "text\n"
    [mine] = signed.signatures
    forged = Note(signed.text, (mine, Signature(mine.name, mine.key_id, bytes(64))))
    with pytest.raises(InvalidNote, match="does not fit the text"):
        SIGNER.verifier.open(forged)
    with pytest.raises(InvalidNote, match="not signed with the key of"):
        SIGNER.verifier.open(Note("text\n", (stranger,)))


def test_a_note_of_endless_size_or_signatures_is_refused() -> None:
    with pytest.raises(InvalidNote, match="longer than"):
        note.parse(b"x" * (note.MAX_SIZE + 1))
    line = EXAMPLE.decode().splitlines()[-1] + "\n"
    with pytest.raises(InvalidNote, match="more than 100 signatures"):
        note.parse(f"text\n\n{line * 101}".encode())
    assert len(note.parse(f"text\n\n{line * 16}".encode()).signatures) == 16


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("example.com/foo", "is not <name>\\+<key id>\\+<key>"),
        ("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "name of a key is empty"),
        ("a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "spaces or a plus"),
        (VKEY.replace("530d", "530e"), "damaged: its id does not fit"),
        (VKEY[:-4], "not an Ed25519 key"),
        (VKEY.replace("+Aeky", "+Beky"), "not an Ed25519 key"),
        (VKEY + "?", "not an Ed25519 key"),
    ],
)
def test_what_is_no_public_key_is_refused(key: str, message: str) -> None:
    with pytest.raises(InvalidNote, match=message):
        Verifier.parse(key)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (str(SIGNER.verifier), "begins with PRIVATE"),
        (SIGNER.secret[:-4], "not an Ed25519 key"),
        (SIGNER.secret.replace("log.example", "lug.example"), "damaged: its id does not fit"),
        ("PRIVATE+KEY+name", "is not <name>\\+<key id>\\+<key>"),
    ],
)
def test_what_is_no_private_key_is_refused(key: str, message: str) -> None:
    with pytest.raises(InvalidNote, match=message):
        Signer.parse(key)


@given(st.binary(max_size=400))
@example("\n\n—\u00a0 ".encode())
def test_any_bytes_are_a_note_or_none(data: bytes) -> None:
    with contextlib.suppress(InvalidNote):
        assert note.parse(data).data == data


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_below_is_signatures_or_none(above: str, below: str) -> None:
    with contextlib.suppress(InvalidNote, UnicodeEncodeError):
        data = f"{above}\n\n— {below}\n".encode()
        assert note.parse(data).data == data


@given(st.text(max_size=120))
def test_any_text_is_a_key_or_none(text: str) -> None:
    with contextlib.suppress(InvalidNote):
        assert str(Verifier.parse(text)) == text.strip()
    with contextlib.suppress(InvalidNote):
        assert Signer.parse(text).secret == text.strip()
