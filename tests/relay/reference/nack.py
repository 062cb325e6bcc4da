"""Lost packets: those a publisher is asked to send again,
and how often we send again to a subscriber.
"""

from tests.relay.reference.packet_cache import SIZE

_MAX_MISSING = 300  # a whole keyframe of 1080p; more than that is mended by another one
_MAX_TRIES = 6
_MINIMUM_REPEAT = 0.01  # s; the same for what we send again
_MINIMUM_RETRY = 0.03  # s; a local round trip would ask again before the publisher could send


class MissingPackets:
    """Which packets of one uplink are missing, and when to ask for each of them (RFC 4585 6.2.1).

    `gave_up` is set when a packet will not come any more, so that a keyframe must mend it; the
    caller clears it.
    """

    def __init__(self) -> None:
        self._newest = 0
        self._missing: dict[int, tuple[int, float]] = {}
        """Extended sequence number → (times asked, when to ask next)."""
        self.asked = 0
        self.gave_up = False

    def received(self, extended: int, now: float) -> None:
        """Note a packet; a gap before it makes the packets between missing."""
        if extended <= self._newest:
            self._missing.pop(extended, None)
            return
        gap = extended - self._newest - 1 if self._newest else 0
        if gap + len(self._missing) > _MAX_MISSING:
            self._missing.clear()
            self.gave_up = True
        elif gap:
            self._missing.update((number, (0, now)) for number in range(self._newest + 1, extended))
        self._newest = extended

    def due(self, now: float, round_trip: float) -> list[int]:
        """Extended sequence numbers to ask for now, ascending; the wait grows with each try."""
        if not self._missing:
            return []
        due = [number for number, (_, at) in self._missing.items() if at <= now]
        for number in due:
            tries = self._missing[number][0]
            if tries >= _MAX_TRIES:
                del self._missing[number]
                self.gave_up = True
            else:
                wait = max(_MINIMUM_RETRY, 1.2 * round_trip) * 1.5**tries
                self._missing[number] = (tries + 1, now + wait)
        asked = sorted(number for number in due if number in self._missing)
        self.asked += len(asked)
        return asked


class ResendLimit:
    """How much one slot sends again: a NACK of 1 kB can name 5000 packets,
    which would make us an amplifier.
    """

    _SHARE = 0.5
    _BURST = 400_000  # bytes, a large keyframe at once

    def __init__(self) -> None:
        self.exhausted = False
        """Whether the last packet was refused for want of allowance; the rest of
        so long a gap needs a keyframe.
        """
        self._allowance = float(self._BURST)
        self._resent: list[tuple[int, float] | None] = [None] * SIZE

    def sent(self, size: int) -> None:
        """An original packet of `size` bytes went out
        and earns half of its size for retransmissions.
        """
        self._allowance = min(self._BURST, self._allowance + self._SHARE * size)

    def allows(self, extended: int, size: int, now: float, round_trip: float) -> bool:
        """Whether to send this packet again now; a packet already under way is not repeated."""
        before = self._resent[extended % SIZE]
        self.exhausted = False
        if (
            before
            and before[0] == extended
            and now - before[1] < max(_MINIMUM_REPEAT, 0.8 * round_trip)
        ):
            return False
        if size > self._allowance:
            self.exhausted = True
            return False
        self._resent[extended % SIZE] = extended, now
        self._allowance -= size
        return True
