"""How fast a publisher may send: no faster than its slowest subscriber can take."""

from collections.abc import Iterable
from dataclasses import dataclass

FLOOR_BPS = 100_000
"""Below this no picture is worth sending; also what a subscriber's estimate must not be taken under, because its
estimator sees only what it gets and would keep a publisher down that it never let up."""
VALID_FOR = 5.0
"""Seconds; browsers repeat their estimate at least each second while packets come."""


@dataclass(frozen=True)
class Estimate:
    """A subscriber's REMB: all that it can take, and when it said so (s)."""

    bitrate_bps: int
    at: float


def share(estimate: Estimate | None, video_slots_in_use: int, now: float) -> int | None:
    """What one of the subscriber's videos may use; none without a fresh estimate. Audio is too little to count."""
    if estimate is None or now - estimate.at > VALID_FOR:
        return None
    return estimate.bitrate_bps // max(1, video_slots_in_use)


def cap(shares: Iterable[int | None], maximum_bps: int) -> int:
    """For one video: the smallest share of its subscribers, between the floor and the configured maximum."""
    return max(FLOOR_BPS, min([maximum_bps, *(known for known in shares if known is not None)]))


class CapMessages:
    """Decides when a publisher is told its cap: at once when it falls by 3 %, otherwise each second."""

    _REPEAT_AFTER = 1.0
    _FALL = 0.97

    def __init__(self) -> None:
        self.told: int | None = None
        self._told_at = float("-inf")

    def due(self, bitrate_bps: int, now: float) -> bool:
        """True when `bitrate_bps` is to be sent now; it then counts as told."""
        fell = self.told is not None and bitrate_bps < self._FALL * self.told
        if not fell and now - self._told_at < self._REPEAT_AFTER:
            return False
        self.told, self._told_at = bitrate_bps, now
        return True
