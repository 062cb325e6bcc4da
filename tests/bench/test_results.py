import json
from pathlib import Path

import pytest

from bench import results


@pytest.mark.parametrize(
    ("fraction", "expected"),
    [(0.0, 1), (0.01, 1), (0.5, 50), (0.51, 51), (0.99, 99), (0.991, 100), (1.0, 100)],
)
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(
    fraction: float, expected: float
) -> None:
    assert results.percentile([float(value) for value in range(100, 0, -1)], fraction) == expected


def test_a_percentile_of_one_value_is_that_value() -> None:
    assert results.percentile([7.0], 0.99) == 7.0


def test_a_median_leaves_out_what_was_not_measured() -> None:
    assert results.median_of([3.0, None, 1.0]) == 2.0
    assert results.median_of([None]) is None


def test_a_median_has_four_digits() -> None:
    assert results.median_of([61.23456]) == 61.23


def test_a_table_aligns_numbers_to_the_right_and_words_to_the_left() -> None:
    text = results.table(("target", "us"), [["janus", 61.5], ["floor", None], ["carelay", 12345.6]])
    assert text.splitlines() == [
        "target      us",
        "janus     61.5",
        "floor        -",
        "carelay  12346",
    ]


def test_a_result_says_where_and_when(tmp_path: Path) -> None:
    path = tmp_path / "new" / "result.json"
    results.write(path, {**results.circumstances(janus="1.1.2"), "answer": 42})
    written = json.loads(path.read_text())
    assert written["answer"] == 42
    assert written["versions"]["janus"] == "1.1.2"
    assert written["machine"]["cores"] > 0
    assert written["measured_at"].endswith("+00:00")
