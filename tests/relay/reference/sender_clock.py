"""Publishers' clocks (RTCP sender reports) as subscribers see them, and round trips measured
with them.

Subscribers play audio and video of one participant in sync by the sender reports of both. What they
get is on the relay's clock: each publisher's NTP time is moved by one constant, so a slot that
changes publisher stays on it.
"""

from collections import OrderedDict
from dataclasses import dataclass

from tests.support.ntp import UNITS, middle, ntp

_KEEP = 32
_MAX_APART = 600.0
"""Seconds; a browser's clocks drift by less than 100 ppm, that is 60 ms in this time."""


@dataclass(frozen=True)
class ClockPoint:
    """One instant of one stream: our NTP time, the publisher's RTP timestamp,
    our monotonic time (s).
    """

    ntp_time: int
    rtp_timestamp: int
    at: float

    def later(self, now: float, clock_rate: int) -> "ClockPoint":
        """The same clock at another time; both counters advance alike,
        so their relation stays exact.
        """
        elapsed = now - self.at
        ntp_time = (self.ntp_time + int(elapsed * UNITS)) & 0xFFFFFFFFFFFFFFFF
        return ClockPoint(
            ntp_time, (self.rtp_timestamp + round(elapsed * clock_rate)) & 0xFFFFFFFF, now
        )

    def ticks_to(self, other: "ClockPoint", clock_rate: int) -> int | None:
        """What to add to timestamps of this stream for those of another one of the same publisher
        that was captured by the same clock; none if the reports are far apart.
        """
        units = (self.ntp_time - other.ntp_time + (1 << 63) & 0xFFFFFFFFFFFFFFFF) - (1 << 63)
        seconds = units / UNITS
        if abs(seconds) > _MAX_APART:
            return None
        return other.rtp_timestamp - self.rtp_timestamp + round(seconds * clock_rate)


class PublisherClock:
    """Moves one publisher's NTP times onto ours,
    by the same amount for all its streams to keep them in sync.
    """

    def __init__(self, epoch: float) -> None:
        """`epoch` is what makes our monotonic seconds NTP seconds."""
        self._epoch = epoch
        self._shift: int | None = None

    def translate(self, ntp_time: int, rtp_timestamp: int, arrival: float) -> ClockPoint:
        """A sender report as a point of our clock; the first one sets the shift."""
        if self._shift is None:
            self._shift = ntp(self._epoch + arrival) - ntp_time
        return ClockPoint((ntp_time + self._shift) & 0xFFFFFFFFFFFFFFFF, rtp_timestamp, arrival)


class RoundTrips:
    """Remembers when reports were sent, to time the answers to them (RFC 3550 6.4.1, LSR
    and DLSR).
    """

    def __init__(self) -> None:
        self._sent: OrderedDict[int, float] = OrderedDict()
        self.seconds: float | None = None

    def sent(self, ntp_time: int, now: float) -> None:
        """A sender report with this NTP time went out."""
        self._sent[middle(ntp_time)] = now
        if len(self._sent) > _KEEP:
            self._sent.popitem(last=False)

    def answered(self, last_report: int, delay: int, now: float) -> None:
        """A report block quoted `last_report`, `delay`/65536 s after getting it.

        Unknown ones are passed over.
        """
        sent_at = self._sent.get(last_report)
        if sent_at is None or now - sent_at < delay / 65536 - 0.001:
            return
        measured = max(0.0, now - sent_at - delay / 65536)
        self.seconds = (
            measured if self.seconds is None else self.seconds + (measured - self.seconds) / 4
        )
