"""Places in the tree as a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.audit import indices


@given(st.sets(st.integers(0, 10**9) | st.integers(0, 20), min_size=1))
def test_what_is_written_is_read_again(places: set[int]) -> None:
    runs = indices.decode(indices.encode(sorted(places)))
    assert [index for run in runs for index in run] == sorted(places)


def test_neighbours_are_one_run() -> None:
    assert indices.encode([0, 1, 2, 5, 7, 8]) == "0-2,5,7-8"


@pytest.mark.parametrize("text", ["", "1,", "1-2-3", "-1", "a", "1 - 2", "1;2", "9" * 19])
def test_what_is_no_such_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a run of indices"):
        indices.decode(text)
