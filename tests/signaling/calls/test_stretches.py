"""How well a side was connected, from what it was like every two seconds."""

from collections import Counter

import pytest

from signaling.calls.resources import ConnectionBySide, SideConnection
from signaling.calls.stretches import Stretches, typical, worse_side
from signaling.kernel.words import Condition


def side(*stretches: tuple[Condition, int]) -> SideConnection | None:
    """Each for so many seconds."""
    stretch, now = Stretches(), 0
    for condition, seconds in stretches:
        for _ in range(seconds // 2):
            stretch.note(condition, now)
            now += 2
    return stretch.summary(now)


def test_a_cut_of_75_seconds_is_kept_however_good_the_rest_was() -> None:
    cut = side(("excellent", 300), ("lost", 76), ("excellent", 1200))
    assert cut == SideConnection(typical="excellent", worst="poor", worst_seconds=76)


def test_the_call_is_as_good_as_its_worse_side() -> None:
    well = side(("excellent", 600))
    badly = side(("excellent", 300), ("poor", 30), ("excellent", 270))
    assert worse_side(ConnectionBySide(provider=well, patient=badly)) == "poor"
    assert worse_side(ConnectionBySide(provider=well, patient=None)) == "excellent"
    assert worse_side(ConnectionBySide(provider=None, patient=None)) is None


@pytest.mark.parametrize(
    ("stretches", "worst", "seconds"),
    [
        ([("excellent", 60), ("poor", 8), ("excellent", 60)], "excellent", 128),  # a moment
        ([("excellent", 60), ("poor", 6), ("lost", 6), ("excellent", 60)], "poor", 12),
        ([("good", 60), ("fair", 20), ("poor", 4), ("fair", 20), ("good", 60)], "fair", 44),
        ([("poor", 4)], "poor", 4),
        ([("poor", 8), ("excellent", 2), ("poor", 8)], "poor", 8),
    ],
)
def test_the_worst_is_what_lasted(
    stretches: list[tuple[Condition, int]], worst: str, seconds: int
) -> None:
    found = side(*stretches)
    assert found
    assert (found.worst, found.worst_seconds) == (worst, seconds)


def test_nothing_is_known_of_a_side_that_was_never_heard_of() -> None:
    assert side() is None


@pytest.mark.parametrize(
    ("samples", "word"),
    [
        ({}, None),
        ({"good": 1}, "good"),
        ({"excellent": 3, "poor": 1}, "excellent"),
        ({"excellent": 1, "poor": 1}, "poor"),
        ({"excellent": 2, "good": 2, "fair": 3}, "good"),
    ],
)
def test_the_typical_quality_is_the_median(samples: dict[str, int], word: str | None) -> None:
    # The words are those of Quality.
    assert typical(Counter(samples)) == word  # type: ignore[arg-type]
