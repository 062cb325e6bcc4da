"""Sound goes out twice on a path that loses packets, as browsers have no RTX for it.

The second time is in front of the next packet, and the very same octets: no nonce is used for two
packets (RFC 7714 8.1), and the replay protection of SRTP drops whichever copy comes last (RFC 3711
3.3.2).
"""

MAX_REPEATED = 512
"""Octets; Opus in 20 ms rarely has 200."""

SOUND_SHARE = 8
"""Where a path is congested, sound goes out twice only if it takes no more than this part of what
the path carries: the second copies must not be what is too much.
"""
WORTH_IT = 0.015
LASTS = 30.0
"""Seconds: what came at second try is not reported as lost,
so the loss of sound alone tells nothing of the path.
"""


class LossyPath:
    """Of one subscriber."""

    def __init__(self) -> None:
        self._until = float("-inf")

    def lost(self, fraction: float, now: float) -> None:
        """A stretch of any of its streams arrived with this loss."""
        if fraction > WORTH_IT:
            self._until = now + LASTS

    def repeats(self, sound_bps: int, budget_bps: int | None, now: float) -> bool:
        """Whether sound of that rate is to go out twice, where `budget_bps` binds,
        if it is congested.
        """
        return now < self._until and (budget_bps is None or SOUND_SHARE * sound_bps <= budget_bps)
