"""What was received of one stream: counts, loss and jitter for receiver reports (RFC 3550 6.4.1,
A.3, A.8).
"""

from tests.support.sequence import FIRST_CYCLE

_REFUSAL_INTERVALS = 3


class Refusals:
    """What was refused of a source, beside what was taken. Report intervals are told apart, since a
    packet or two may stray; of a source that is refused something is in each of them.
    """

    def __init__(self) -> None:
        self.refused = 0
        self.taken = 0
        self._fractions = [0.0] * _REFUSAL_INTERVALS

    def close_interval(self) -> None:
        """End a report interval."""
        fraction = self.refused / (self.refused + self.taken) if self.refused else 0.0
        self._fractions = [fraction, *self._fractions[:-1]]
        self.refused = self.taken = 0

    @property
    def lasting(self) -> float:
        """The smallest fraction of the last intervals, 0 to 1."""
        return min(self._fractions)


class Reception:
    """Fed with each original packet of one SSRC; retransmissions are left out,
    so that the loss of the path shows.
    """

    def __init__(self, clock_rate: int) -> None:
        self._clock_rate = clock_rate
        self._base = 0
        self.highest = 0
        self.received = 0
        self.jitter = 0.0
        """In timestamp units."""
        self._transit: float | None = None
        self._expected_before = 0
        self._received_before = 0
        self.fraction_lost = 0.0
        """Of the last report interval, 0 to 1."""

    def packet(self, extended: int, timestamp: int, arrival: float) -> None:
        """Count one packet; `extended` is its unwrapped sequence number, `arrival` in seconds."""
        if not self.received:
            self._base = self.highest = extended
        self.received += 1
        if extended < self.highest:
            return  # overtaken packets would count the reordering as jitter
        self.highest = extended
        transit = arrival * self._clock_rate - timestamp
        if self._transit is not None:
            # Modulo 2^32, as the timestamp wraps.
            difference = (transit - self._transit + 0x80000000) % 0x100000000 - 0x80000000
            self.jitter += (abs(difference) - self.jitter) / 16
        self._transit = transit

    @property
    def expected(self) -> int:
        """Packets from the first to the newest sequence number."""
        return self.highest - self._base + 1 if self.received else 0

    @property
    def lost(self) -> int:
        """Cumulative; negative where packets were duplicated (RFC 3550 A.3)."""
        return self.expected - self.received

    @property
    def jitter_ms(self) -> float:
        """Interarrival jitter in milliseconds."""
        return 1000 * self.jitter / self._clock_rate

    @property
    def highest_reported(self) -> int:
        """The extended highest sequence number as reports count it, from cycle 0."""
        return (self.highest - FIRST_CYCLE) & 0xFFFFFFFF

    def close_interval(self) -> None:
        """End a report interval: `fraction_lost` is then what was lost since the previous call."""
        expected = self.expected - self._expected_before
        received = self.received - self._received_before
        self._expected_before, self._received_before = self.expected, self.received
        self.fraction_lost = (
            min(1.0, max(0, expected - received) / expected) if expected > 0 else 0.0
        )
