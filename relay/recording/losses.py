"""What a part does not hold as it was sent: counted, and told where it is missing.

Whatever is discarded, or filled in for what never came, is entered here. It ends up beside the part
in the database, in the recording's resource and, as it happens, in the metrics.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Medium = Literal["sound", "picture"]
Cause = Literal["lost", "not_sent", "overrun"]
"""The network lost it; nothing was captured or sent; the server itself was too slow for it."""

Count = Literal[
    "lost_packets",
    "late_packets",
    "unreadable_packets",
    "overrun_packets",
    "discarded_pictures",
    "discarded_sound_ms",
    "skipped_sound_ms",
    "silence_ms",
]

Tell: TypeAlias = Callable[[Count, int], None]
"""Hears of each count as it happens."""


def tell_nobody(what: Count, number: int) -> None:
    """Where nobody asks."""


MERGED = 1000  # ms; gaps nearer than this to each other are told as one
MAX_GAPS = 200  # told one by one; a part is described in some 10 kB at most


@dataclass(frozen=True)
class Gap:
    """A stretch for which something is missing, in ms from the part's beginning."""

    medium: Medium
    cause: Cause
    begin_ms: int
    end_ms: int


@dataclass(frozen=True)
class Losses:
    """Of one part. All zero and no gap: it holds everything that was sent."""

    lost_packets: int = 0
    """Did not come in time."""
    late_packets: int = 0
    """Those of them that came after what follows them had been written, and were discarded."""
    unreadable_packets: int = 0
    """Could not be read, or were beyond a bound, and were discarded."""
    overrun_packets: int = 0
    """Discarded because the server was too slow to record them."""
    discarded_pictures: int = 0
    """Came whole, but show nothing without a picture that is missing before them."""
    discarded_sound_ms: int = 0
    """Sound that came and found no place."""
    skipped_sound_ms: int = 0
    """Left out in quiet moments, to stay with the time: the sender's sound card is faster."""
    silence_ms: int = 0
    """Silence put in where there was no sound, pauses that the sender made included."""
    gaps: tuple[Gap, ...] = ()
    """In order of their end; neighbours are told as one. Pauses of speech are not among them."""
    gaps_left_out: int = 0
    """Further ones, beyond as many as are told."""


@dataclass
class Account:
    """Where a part's losses are entered."""

    tell: Tell = tell_nobody
    counts: Counter[str] = field(default_factory=Counter)
    gaps: list[Gap] = field(default_factory=list)
    gaps_left_out: int = 0

    def count(self, what: Count, number: int = 1) -> None:
        """So many more of them."""
        if number:
            self.counts[what] += number
            self.tell(what, number)

    def gap(self, gap: Gap) -> None:
        """Something is missing there."""
        for place in range(len(self.gaps) - 1, -1, -1):  # the newest of its kind
            last = self.gaps[place]
            if (last.medium, last.cause) != (gap.medium, gap.cause):
                continue
            if gap.begin_ms - last.end_ms <= MERGED:
                begin, end = min(last.begin_ms, gap.begin_ms), max(last.end_ms, gap.end_ms)
                self.gaps[place] = Gap(gap.medium, gap.cause, begin, end)
                return
            break
        if len(self.gaps) < MAX_GAPS:
            self.gaps.append(gap)
        else:
            self.gaps_left_out += 1

    def losses(self) -> Losses:
        """All that was entered."""
        gaps = tuple(sorted(self.gaps, key=lambda gap: gap.end_ms))
        return Losses(**self.counts, gaps=gaps, gaps_left_out=self.gaps_left_out)
