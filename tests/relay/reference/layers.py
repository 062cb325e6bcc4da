"""Simulcast: which layer of a picture a subscriber gets.

A subscriber that nothing binds gets the highest layer that comes. A congested one gets the highest
whose measured rate fits its share of what it says it can take. REMB cannot tell what more there is
(it never says more than 1.5 times what comes in), so going up again is a trial: one layer of one
picture at a time, and after each trial that failed the next one waits twice as long.
"""

from tests.relay.reference.uplink import UplinkTrack

_HEADROOM = 1.15
_SETTLED_AFTER = 10.0
_FIRST_PATIENCE = 10.0
_LONGEST_PATIENCE = 120.0


class LayerPatience:
    """When a subscriber that was congested may have a higher layer again."""

    def __init__(self) -> None:
        self.raise_after = float("-inf")
        self._seconds = 0.0
        self._raised_at = float("-inf")
        self._lowered_at = float("-inf")

    def raised(self, now: float) -> None:
        """A higher layer is tried."""
        self._raised_at, self.raise_after = now, now + self._seconds

    def lowered(self, now: float) -> None:
        """It was too much."""
        if now - self._raised_at < _SETTLED_AFTER:
            self._seconds = max(_FIRST_PATIENCE, min(2 * self._seconds, _LONGEST_PATIENCE))
        elif now - self._lowered_at > _SETTLED_AFTER:
            self._seconds = _FIRST_PATIENCE
        self._raised_at = float("-inf")
        self._lowered_at, self.raise_after = now, now + self._seconds


def choose(
    current: UplinkTrack, share: int | None, patience: LayerPatience, now: float, *, flowing: bool
) -> UplinkTrack | None:
    """The layer to go over to; none to stay."""
    wanted = _fitting(current, share, now)
    if wanted is None or wanted is current:
        return None
    if not flowing or not current.live(now):
        return wanted
    if not wanted.above(current):
        patience.lowered(now)
        return wanted
    above = [layer for layer in current.layers if layer.above(current) and layer.live(now)][-1]
    if now < patience.raise_after or not _has_room(above, share):
        return None
    patience.raised(now)
    return above


def _fitting(current: UplinkTrack, share: int | None, now: float) -> UplinkTrack | None:
    """The highest that fits, else the lowest; none if none comes."""
    live = [layer for layer in current.layers if layer.live(now)]
    fitting = [layer for layer in live if share is None or layer.forwarded.bitrate_bps <= share]
    return next(iter(fitting + live[-1:]), None)


def _has_room(layer: UplinkTrack, share: int | None) -> bool:
    rate = layer.forwarded.bitrate_bps
    return share is None or (rate > 0 and rate * _HEADROOM <= share)
