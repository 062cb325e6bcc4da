"""How well one side was connected over a whole call: what was usual,
and the worst of what lasted.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from signaling.calls.resources import ConnectionBySide, SideConnection
from signaling.kernel.words import Condition, Quality

STRETCH_SECONDS = 10.0  # a shorter disturbance is a moment and tells nothing about a call

WORST_FIRST: tuple[Quality, ...] = ("poor", "fair", "good", "excellent")


@dataclass
class Stretches:
    """Fed with one side's condition every few seconds.

    Times are seconds of a clock that nobody sets.
    """

    samples: Counter[Quality] = field(default_factory=Counter)
    _begun: dict[Quality, float] = field(default_factory=dict)
    """Since when it has been as bad as that, or worse."""
    _longest: dict[Quality, float] = field(default_factory=dict)
    """Seconds in one go."""

    def note(self, condition: Condition, now: float) -> None:
        """What it has been like from now on. Whoever is cut off is poorly connected."""
        quality = as_quality(condition)
        self.samples[quality] += 1
        for level in WORST_FIRST:
            self._extend(level, now)
            if WORST_FIRST.index(quality) > WORST_FIRST.index(level):
                self._begun.pop(level, None)
            else:
                self._begun.setdefault(level, now)

    def _extend(self, level: Quality, now: float) -> None:
        if level in self._begun:
            self._longest[level] = max(self._longest.get(level, 0.0), now - self._begun[level])

    def summary(self, now: float) -> SideConnection | None:
        """None without samples."""
        usual = typical(self.samples)
        if usual is None:
            return None
        for level in WORST_FIRST:
            self._extend(level, now)
        lasting = [
            level for level in WORST_FIRST if self._longest.get(level, 0.0) >= STRETCH_SECONDS
        ]
        worst = worst_of([usual, *lasting[:1]]) or usual
        return SideConnection(
            typical=usual, worst=worst, worst_seconds=int(self._longest.get(worst, 0.0))
        )


def as_quality(condition: Condition) -> Quality:
    """In the words that the database knows."""
    return "poor" if condition == "lost" else condition


def worst_of(words: Iterable[Quality | None]) -> Quality | None:
    """None if there are none."""
    return min((word for word in words if word), key=WORST_FIRST.index, default=None)


def worse_side(sides: ConnectionBySide) -> Quality | None:
    """The one word for a call: what was bad for one was bad for the conversation."""
    return worst_of(side.worst for side in (sides.provider, sides.patient) if side)


def typical(samples: Counter[Quality]) -> Quality | None:
    """The median word of all samples, the worse one between two; none without samples."""
    middle = samples.total() // 2
    for word in reversed(WORST_FIRST):
        middle -= samples[word]
        if middle < 0:
            return word
    return None
