"""What is sealed opens in its own place alone, and only as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.clinical.sealing import NONCE_SIZE, TAG_SIZE, Place, seal, unseal
from storage.errors import DamagedText
from storage.vault.keys import DataKey

KEY = DataKey(bytes(range(32)))
PLACE = Place("notes", "a1", 3)


@given(st.text())
def test_what_was_sealed_is_read_and_is_never_the_same_twice(text: str) -> None:
    sealed = seal(KEY, PLACE, text)
    assert unseal(KEY, PLACE, sealed) == text
    assert len(sealed) == NONCE_SIZE + len(text.encode()) + TAG_SIZE
    assert seal(KEY, PLACE, text) != sealed


@pytest.mark.parametrize(
    ("key", "place"),
    [
        (DataKey.new(), PLACE),
        (KEY, PLACE._replace(table="chat_messages")),
        (KEY, PLACE._replace(row_id="a2")),
        (KEY, PLACE._replace(version=2)),
        (KEY, Place("notes\x00a1", "", 3)),
    ],
)
def test_it_opens_by_no_other_key_and_in_no_other_place(key: DataKey, place: Place) -> None:
    with pytest.raises(DamagedText, match=place.table):
        unseal(key, place, seal(KEY, PLACE, "Slept badly."))


def test_no_bit_of_it_can_be_changed_and_nothing_cut_off() -> None:
    sealed = seal(KEY, PLACE, "Slept badly.")
    for bit in range(8 * len(sealed)):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(DamagedText):
            unseal(KEY, PLACE, bytes(changed))
    for length in range(len(sealed)):
        with pytest.raises(DamagedText):
            unseal(KEY, PLACE, sealed[:length])
