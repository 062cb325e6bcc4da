"""Cosignatures of witnesses count if they are of the right key, over this very text."""

import base64

import pytest

from storage.audit import witness
from storage.audit.checkpoint import Checkpoint, sign
from storage.audit.cosignature import Cosigner, missing, refuse_uncosigned
from storage.audit.note import parse
from storage.errors import InvalidNote
from tests.storage.audit.logs import SIGNER
from tests.support.witness import TestWitness

NOTE = sign(Checkpoint(SIGNER.name, 4, bytes(32)), SIGNER)


def cosigned(by: TestWitness) -> bytes:
    return NOTE.data + by._cosigned(NOTE.text).encode()


def test_a_cosignature_is_found_among_others_and_tells_its_time() -> None:
    by = TestWitness()
    cosigner = Cosigner.parse(by.vkey)
    assert str(cosigner) == by.vkey
    found = cosigner.find(parse(cosigned(by)))
    assert found is not None
    assert cosigner.find(NOTE) is None
    assert missing(parse(cosigned(by)), [cosigner, Cosigner.parse(TestWitness("b").vkey)]) == ["b"]
    kept = witness.cosignature_in(by._cosigned(NOTE.text).encode(), NOTE.data, cosigner)
    assert (kept.signature.name, kept.at >= found.at) == (by.name, True)


def test_every_changed_octet_of_it_is_noticed() -> None:
    by = TestWitness()
    line = by._cosigned(NOTE.text).splitlines()[1]
    raw = base64.b64decode(line.rpartition(" ")[2])
    cosigner = Cosigner.parse(by.vkey)
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1
        value = base64.b64encode(changed).decode()
        answer = f"— {by.name} {value}\n".encode()
        with pytest.raises(InvalidNote, match=r"fit|no cosignature|form"):
            witness.cosignature_in(answer, NOTE.data, cosigner)
    longer = base64.b64encode(raw + b"1").decode()
    with pytest.raises(InvalidNote, match="has not the form"):
        witness.cosignature_in(f"— {by.name} {longer}\n".encode(), NOTE.data, cosigner)


def test_that_of_another_checkpoint_counts_for_nothing() -> None:
    by = TestWitness()
    other = sign(Checkpoint(SIGNER.name, 5, bytes(32)), SIGNER)
    answer = by._cosigned(other.text).encode()
    with pytest.raises(InvalidNote, match="does not fit the text"):
        witness.cosignature_in(answer, NOTE.data, Cosigner.parse(by.vkey))


def test_the_newest_checkpoint_of_a_file_has_to_be_cosigned() -> None:
    by = TestWitness()
    newer = sign(Checkpoint(SIGNER.name, 5, bytes(32)), SIGNER)
    cosigners = [Cosigner.parse(by.vkey)]
    refuse_uncosigned(NOTE.data + b"\n" + newer.data, [SIGNER.verifier], [])
    with pytest.raises(InvalidNote, match=f"of 5 rows, is not cosigned by {by.name}"):
        refuse_uncosigned(cosigned(by) + b"\n" + newer.data, [SIGNER.verifier], cosigners)
    whole = newer.data + by._cosigned(newer.text).encode()
    refuse_uncosigned(NOTE.data + b"\n" + whole, [SIGNER.verifier], cosigners)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name+00000000",
        str(SIGNER.verifier),  # a log's, and not of cosignatures
        TestWitness().vkey.replace("w1+", "w2+"),
        TestWitness("two words").vkey,
        f"{TestWitness().vkey}AAAA",
    ],
    ids=["empty", "not base64", "of a log", "other name", "two words", "too long"],
)
def test_what_is_no_key_of_a_witness_is_refused(vkey: str) -> None:
    with pytest.raises(InvalidNote):
        Cosigner.parse(vkey)
