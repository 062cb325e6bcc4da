"""When was it captured? RTP timestamps put on the server's own clock.

Every stream has its own RTP clock with a random origin (RFC 3550 section 5.1). Sender reports tie
it to the sender's NTP clock, which all sources of one participant share; the smallest delay seen
ties that one to the clock of the server (`time.monotonic`, seconds), which all participants share.
So the picture meets its sound, and one participant meets the other, as far as the smallest one-way
delays are alike.

Each such line is a guess that arrivals can disprove. Nothing arrives before it was captured; and
where the sender's clock stood still, `placement` finds out and moves the line.
"""

from tests.relay.recording.reference.serial import unwrap

MAX_REPORTS = 20
WINDOW = 30.0  # s; browsers' clocks drift by less than 100 ppm, that is 3 ms in this time
MAX_SKEW = (
    0.001  # of a media clock against the sender's NTP clock; two early reports could tell anything
)
# S; both times of a report are read at one instant, so a larger step is a clock that was set.
JUMP = 0.05
# S; a timestamp so far ahead of its arrival is this stream's own doing, not a better guess of the
# delay.
LEAP = 0.5
MAX_DELAY = 15.0  # s between capture and arrival; more is a sender's clock that cannot be true

_NTP_SECOND = 1 << 32


class SmallestDelay:
    """The minimum of samples over the last one to two windows, so that it follows a drift."""

    def __init__(self, window: float = WINDOW) -> None:
        self._window = window
        self._since: float | None = None
        self._current = self._previous = float("inf")

    def observe(self, sample: float, now: float) -> None:
        """One delay in seconds; its origin is any, but always the same."""
        if self._since is None:
            self._since = now
        elif now - self._since >= self._window:
            self._since, self._previous, self._current = now, self._current, float("inf")
        # min() takes three times as long, and this is for each frame.
        if sample < self._current:  # noqa: PLR1730
            self._current = sample

    def move(self, by: float) -> None:
        """What was observed before now counts as so much more."""
        self._current, self._previous = self._current + by, self._previous + by

    @property
    def value(self) -> float:
        """Infinite before the first sample."""
        return min(self._current, self._previous)


class SenderClock:
    """One participant's NTP clock as seen from here."""

    def __init__(self) -> None:
        self._delay = SmallestDelay()
        self._doubted = False

    @property
    def offset(self) -> float:
        """What to add to its time for the server's."""
        return self._delay.value

    def observe(self, ntp: float, arrival: float, *, jumped: bool = False) -> None:
        """Something that was sent at `ntp` arrived; `jumped` tells
        that a stream saw the clock being set.
        """
        sample = arrival - ntp
        if jumped and abs(sample - self._delay.value) > JUMP:
            self._delay = SmallestDelay()
        self._delay.observe(sample, arrival)

    def report(self, ntp: float, arrival: float, *, jumped: bool) -> None:
        """A sender report of `ntp` arrived."""
        self.observe(ntp, arrival, jumped=jumped or self._doubted)
        self._doubted = False

    def doubt(self) -> None:
        """A stream stood still: if the whole device slept, this clock did too,
        and the next report tells.
        """
        self._doubted = True


class Timeline:
    """One stream: RTP timestamp in, capture time on the server's clock out (seconds)."""

    def __init__(self, clock_rate: int, sender: SenderClock) -> None:
        self.rate = clock_rate
        self._sender = sender
        self._last: int | None = None  # newest timestamp, unwrapped
        self._delay = SmallestDelay()
        self._reports: list[tuple[int, float]] = []  # (timestamp, NTP seconds), oldest first
        self._line: tuple[int, float, float] | None = (
            None  # (timestamp, NTP seconds there, seconds per tick)
        )
        self._moved = 0.0  # by how much the line was moved since the last report

    def unwrap(self, timestamp: int) -> int:
        """The 32-bit timestamp of the packet or report at hand as a number that does not wrap."""
        self._last = timestamp if self._last is None else unwrap(timestamp, self._last, 32)
        return self._last

    def sender_report(self, ntp_time: int, timestamp: int, arrival: float) -> None:
        """A report's 64-bit NTP time and its unwrapped RTP timestamp:
        the line is what the reports say.
        """
        ntp = ntp_time / _NTP_SECOND
        jumped = bool(self._reports) and abs(ntp - self._ntp_at(timestamp)) > JUMP
        if jumped:
            self._reports.clear()
        self._reports = [*self._reports[-MAX_REPORTS + 1 :], (timestamp, ntp)]
        self._sender.report(ntp, arrival, jumped=jumped)
        self._line, self._moved = self._regression(), 0.0

    def move(self, by: float) -> None:
        """From now on everything was captured so much later than the line has it; the reports
        so far are void.
        """
        self._delay.move(by)
        self._moved += by
        self._reports.clear()
        self._sender.doubt()

    def capture_time(self, timestamp: int, arrival: float) -> float:
        """Of the frame with this unwrapped timestamp whose first packet arrived at `arrival`."""
        self._delay.observe(arrival - timestamp / self.rate, arrival)
        if self._line is None:
            captured = timestamp / self.rate + self._delay.value
        else:
            captured = self._on_line(self._line, timestamp, arrival)
        if captured > arrival:
            return arrival
        return max(captured, arrival - MAX_DELAY)

    def _on_line(self, line: tuple[int, float, float], timestamp: int, arrival: float) -> float:
        origin, at_origin, slope = line
        ntp = at_origin + (timestamp - origin) * slope + self._moved
        offset = self._sender.offset
        if ntp + offset > arrival + LEAP:
            self._reports.clear()
            self._moved += arrival - ntp - offset
            return arrival
        if ntp + offset > arrival:  # the reports were all slower than this
            self._sender.observe(ntp, arrival)
            offset = self._sender.offset
        return ntp + offset

    def _ntp_at(self, timestamp: int) -> float:
        centre, at_centre, slope = self._regression()
        return at_centre + (timestamp - centre) * slope

    def _regression(self) -> tuple[int, float, float]:
        """The least squares line through the reports: (timestamp, NTP seconds there,
        seconds per tick).
        """
        count, (first, first_ntp) = len(self._reports), self._reports[0]
        ticks = [timestamp - first for timestamp, _ in self._reports]
        times = [ntp - first_ntp for _, ntp in self._reports]
        mean_tick, mean_time = sum(ticks) / count, sum(times) / count
        spread = sum((tick - mean_tick) ** 2 for tick in ticks)
        covariance = sum(
            (tick - mean_tick) * (time - mean_time) for tick, time in zip(ticks, times, strict=True)
        )
        slope = covariance / spread * self.rate if spread else 1.0
        slope = min(max(slope, 1 - MAX_SKEW), 1 + MAX_SKEW) / self.rate
        return first, first_ntp + mean_time - mean_tick * slope, slope
