"""The word for a connection."""

import pytest

from relay.quality import Judgement, Measures, judge, of_track, worst


@pytest.mark.parametrize(
    ("measures", "word"),
    [
        (Measures(0.0, 5, 40), "excellent"),
        (Measures(0.01, 20, 150), "excellent"),
        (Measures(0.015, 5, 40), "good"),
        (Measures(0.0, 30, 40), "good"),
        (Measures(0.0, 5, 299), "good"),
        (Measures(0.04, 5, 40), "fair"),
        (Measures(0.0, 5, 601), "poor"),
        (Measures(0.06, 5, 40), "poor"),
        (Measures(loss=0.0), "excellent"),
        (Measures(), None),
    ],
)
def test_the_worst_measure_decides(measures: Measures, word: str | None) -> None:
    assert of_track(measures) == word


def test_the_worst_track_decides_and_unknown_ones_say_nothing() -> None:
    assert worst([Measures(0.0), Measures(0.1), Measures()]) == "poor"
    assert worst([]) is None


BAD, FAIR, FINE = Measures(0.1), Measures(0.03), Measures(0.0)


@pytest.mark.parametrize(
    ("up", "down", "judgement"),
    [
        ([FINE], [FINE], Judgement("excellent")),
        ([BAD], [FINE], Judgement("poor", "up")),
        ([FINE], [BAD], Judgement("poor", "down")),
        ([FAIR], [BAD], Judgement("poor", "down")),
        ([BAD], [BAD], Judgement("poor")),
        ([FAIR], [FINE], Judgement("fair", "up")),
        ([Measures(0.015)], [FINE], Judgement("good")),
        ([], [BAD], Judgement("poor", "down")),
        ([Measures(0.0, rtt_ms=700)], [Measures(0.0, rtt_ms=700)], Judgement("poor")),
        ([], [Measures()], None),
    ],
)
def test_the_worse_way_is_named_where_it_is_bad(
    up: list[Measures], down: list[Measures], judgement: Judgement | None
) -> None:
    assert judge(up, down) == judgement
