"""Counters that wrap: 16-bit sequence numbers seen as ever growing integers."""

FIRST_CYCLE = 0x10000
"""Where extended numbers start, so that packets overtaken by the very first one stay positive."""


def nearest(value: int, reference: int) -> int:
    """The integer nearest to `reference` whose low 16 bits are `value` (RFC 3711 3.3.1 and appendix A)."""
    return reference + ((value - reference + 0x8000) & 0xFFFF) - 0x8000


class SequenceUnwrapper:
    """Extends one stream's sequence numbers. `highest` is the newest so far, 0 before the first."""

    def __init__(self) -> None:
        self.highest = 0

    def unwrap(self, sequence: int) -> int:
        """The extended number; remembers it if it is the newest."""
        if not self.highest:
            self.highest = FIRST_CYCLE + sequence
            return self.highest
        extended = nearest(sequence, self.highest)
        self.highest = max(self.highest, extended)
        return extended
