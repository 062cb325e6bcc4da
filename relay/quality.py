"""A word for how well a connection works, from what its reports say.

A stream that the relay refuses counts as lost.

A track's word is the worst of its three measures, a participant's the worst of its tracks in both
directions. The thresholds: ITU-T G.114 calls up to 150 ms one way good for conversation (300 ms
round trip) and more than 400 ms unacceptable; Opus with FEC hides about 2 % loss unheard and is
tiring from 5 % on; jitter above the usual jitter buffer of 30 to 50 ms is paid for with delay or
gaps.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from relay.media import Condition, Direction, Quality

WORST_FIRST: tuple[Quality, ...] = ("poor", "fair", "good", "excellent")


@dataclass(frozen=True)
class Measures:
    """One track in one direction: fraction lost (0 to 1), jitter and round trip in ms; none
    where not known.
    """

    loss: float | None = None
    jitter_ms: float | None = None
    rtt_ms: float | None = None


LIMITS: tuple[tuple[Quality, float, float, float], ...] = (
    ("excellent", 0.01, 20, 150),
    ("good", 0.02, 40, 300),
    ("fair", 0.05, 80, 600),
)
"""The word, and up to which loss, jitter (ms) and round trip (ms) it holds; beyond the last:
poor.
"""


def of_track(measures: Measures) -> Quality | None:
    """None: nothing is known of the track yet."""
    if measures.loss is None and measures.jitter_ms is None and measures.rtt_ms is None:
        return None
    for word, loss, jitter, rtt in LIMITS:
        if (
            (measures.loss or 0) <= loss
            and (measures.jitter_ms or 0) <= jitter
            and (measures.rtt_ms or 0) <= rtt
        ):
            return word
    return "poor"


def worst(tracks: Iterable[Measures]) -> Quality | None:
    """The word for all of them; none if nothing is known of any track."""
    words = [word for word in map(of_track, tracks) if word]
    return min(words, key=WORST_FIRST.index, default=None)


@dataclass(frozen=True)
class Judgement:
    """How well one participant's connection works."""

    condition: Condition
    direction: Direction | None = None
    """Which way alone is that bad, where it is fair or poor; none: both are, or the round trip."""


def judge(up: Iterable[Measures], down: Iterable[Measures]) -> Judgement | None:
    """Of both ways of a participant; none if nothing is known of either."""
    ways: dict[Direction, Quality | None] = {"up": worst(up), "down": worst(down)}
    known = {way: word for way, word in ways.items() if word}
    if not known:
        return None
    word = min(known.values(), key=WORST_FIRST.index)
    bad = [way for way in known if known[way] == word]
    alone = len(bad) == 1 and word in ("poor", "fair")
    return Judgement(word, bad[0] if alone else None)
