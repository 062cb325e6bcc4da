"""Counters that wrap: 16-bit sequence numbers seen as ever growing integers."""

FIRST_CYCLE = 0x10000
"""Where extended numbers start; 0 is none, and as for SRTP nothing can be before them."""


MAX_DROPOUT = 3000
MAX_MISORDER = 1024
"""RFC 3550 A.1, but what is late is known for as long as SRTP's replay window knows it."""


def nearest(value: int, reference: int) -> int:
    """The integer nearest to `reference` whose low 16 bits are `value` (RFC 3711 3.3.1
    and appendix A).
    """
    return reference + ((value - reference + 0x8000) & 0xFFFF) - 0x8000


class SequenceNumbers:
    """Extends one sender's numbers for all who use them.

    `highest` is the newest so far, 0 before the first.
    """

    def __init__(self) -> None:
        self.highest = 0
        self._awaited: int | None = None
        """What follows the last one, if that was astray."""

    def place(self, number: int) -> int | None:
        """Extends a number that lies near the newest; none for others."""
        if not self.highest:
            self.highest = FIRST_CYCLE + number
            return self.highest
        extended = nearest(number, self.highest)
        if not -MAX_MISORDER < extended - self.highest <= MAX_DROPOUT or extended < FIRST_CYCLE:
            return None
        self.highest = max(self.highest, extended)
        return extended

    def extend(self, number: int) -> tuple[int | None, bool]:
        """Extends the number of a packet as it was sent first; also, whether the sender starts over
        with it.

        One that is far from the newest is astray (none), until the next one follows it: then the
        sender has started over (RFC 3550 A.1), and what it sends from now on is numbered beyond
        everything before.
        """
        extended, awaited = self.place(number), self._awaited
        self._awaited = (number + 1) & 0xFFFF if extended is None and number != awaited else None
        if extended is None and number == awaited:
            self.highest = (self.highest // FIRST_CYCLE + 2) * FIRST_CYCLE + number
            return self.highest, True
        return extended, False
