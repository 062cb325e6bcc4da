"""Sound goes out twice on a path that loses packets, as browsers have no RTX for it.

The second time is in front of the next packet, and the very same octets: no nonce is used for two packets (RFC 7714
8.1), and the replay protection of SRTP drops whichever copy comes last (RFC 3711 3.3.2).
"""

MAX_REPEATED = 512
"""Octets; Opus in 20 ms rarely has 200."""

WORTH_IT = 0.015
LASTS = 30.0
"""Seconds: what came at second try is not reported as lost, so the loss of sound alone tells nothing of the path."""


class LossyPath:
    """Of one subscriber."""

    def __init__(self) -> None:
        self._until = float("-inf")

    def lost(self, fraction: float, now: float) -> None:
        """A stretch of any of its streams arrived with this loss."""
        if fraction > WORTH_IT:
            self._until = now + LASTS

    def keeps(self, datagram: bytes, now: float) -> bool:
        """Whether a datagram of sound is to go out again."""
        return now < self._until and len(datagram) <= MAX_REPEATED
