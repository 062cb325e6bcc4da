"""Tells a capture that stood still from packets that were late, and gives each frame its time.

Both make the delay of a packet (its arrival against its timestamp) step up by as much. What was
only held up on the way comes after it in a hurry, so that the delay falls again. Where a browser
froze or a headset was lost, the timestamps went on unbroken though time had passed: the delay stays
where it is, packet after packet, and a new line from timestamps to time begins with the first of
them.

So nothing is known until some more have come, and until then the frames are held back.
"""

from typing import NamedTuple

from relay.recording.depacketize import Frame
from tests.relay.recording.reference.timeline import SmallestDelay, Timeline

STEP = 0.05  # s; a smaller one is jitter, and lips and voice are still together
SETTLED = 0.5  # s for which the delay must stay
SLICE = 0.1  # s; the smallest delay of each slice must be the same, but for STEP
MAX_HELD = (
    1.0  # s; with what a cluster and a second of storing hold, a crash must cost no more than 3 s
)
MAX_UNDECIDED = 3  # times that frames are let go undecided

Placed = list[tuple[Frame, float]]


class _Held(NamedTuple):
    frame: Frame
    timestamp: int
    """Unwrapped."""
    delay: float
    """Arrival against timestamp in seconds, from any origin."""


class Placement:
    """One stream: frames in the order in which they were sent in, the same
    with their capture times out.
    """

    def __init__(self, timeline: Timeline, clock_rate: int) -> None:
        self._timeline = timeline
        self._rate = clock_rate
        self._level = SmallestDelay(SETTLED)  # of the frames before a step
        self._last_timestamp, self._last_delay = 0, float("inf")
        self._last_time = float("-inf")
        self._held: list[_Held] = []
        self._low = float("inf")  # smallest delay among those held
        self._newest = 0.0  # arrival among those held
        self._next_look = 0.0
        self._undecided = 0

    def add(self, frames: list[Frame]) -> Placed:
        """The frames whose times are known with these."""
        placed: Placed = []
        for frame in frames:
            timestamp = self._timeline.unwrap(frame.timestamp)
            delay = frame.arrival - timestamp / self._rate
            if self._held or self._steps_up(timestamp, delay):
                self._hold(_Held(frame, timestamp, delay))
                placed += self._judge()
            else:
                placed.append((frame, self._place(timestamp, delay, frame.arrival)))
        return placed

    def reported(self, timestamp: int) -> Placed:
        """A sender report of this unwrapped timestamp has told the line: no more need to guess."""
        if not self._held or timestamp < self._held[0].timestamp:
            return []
        self._level = SmallestDelay(SETTLED)
        return self._let_go()

    def expire(self, now: float) -> Placed:
        """Those after which nothing has come for a while."""
        return self._let_go() if self._held and now - self._held[0].frame.arrival > MAX_HELD else []

    def flush(self) -> Placed:
        """All, at the end."""
        if len(self._held) > 1 and self._is_settled(self._held[0].frame.arrival):
            self._begin_anew()
        return self._let_go()

    def _steps_up(self, timestamp: int, delay: float) -> bool:
        """A delay that swings rises, too, but over time;
        a standstill takes no time by the sender's clock.
        """
        step = delay - self._last_delay
        if step <= STEP:  # nearly always
            return False
        passed = (timestamp - self._last_timestamp) / self._rate
        return step > 2 * passed and delay > self._level.value + STEP

    def _hold(self, this: _Held) -> None:
        if not self._held:
            self._low, self._newest = this.delay, this.frame.arrival
            self._next_look = this.frame.arrival + SETTLED
        self._held.append(this)
        self._low = min(self._low, this.delay)
        self._newest = max(self._newest, this.frame.arrival)

    def _judge(self) -> Placed:
        if self._low <= self._level.value + STEP:
            return self._let_go()
        if self._newest < self._next_look:
            return []
        self._next_look = self._newest + SLICE
        if self._is_settled(self._newest - SETTLED):
            self._begin_anew()
            return self._let_go()
        return (
            self._let_go_undecided()
            if self._newest - self._held[0].frame.arrival > MAX_HELD
            else []
        )

    def _is_settled(self, since: float) -> bool:
        slices: dict[int, float] = {}
        for held in self._held:
            if held.frame.arrival >= since:
                place = int((held.frame.arrival - since) / SLICE)
                slices[place] = min(held.delay, slices.get(place, held.delay))
        return len(slices) > 1 and max(slices.values()) - min(slices.values()) <= STEP

    def _begin_anew(self) -> None:
        self._timeline.move(self._low - self._level.value)
        self._level = SmallestDelay(SETTLED)

    def _let_go(self) -> Placed:
        held, self._held, self._undecided = self._held, [], 0
        return [
            (one.frame, self._place(one.timestamp, one.delay, one.frame.arrival)) for one in held
        ]

    def _let_go_undecided(self) -> Placed:
        """On the old line; the next one counts as a step again, from the same level."""
        self._undecided += 1
        if self._undecided > MAX_UNDECIDED:
            self._begin_anew()
            return self._let_go()
        held, self._held = self._held, []
        return [(one.frame, self._time(one.timestamp, one.frame.arrival)) for one in held]

    def _place(self, timestamp: int, delay: float, arrival: float) -> float:
        self._last_timestamp, self._last_delay = timestamp, delay
        self._level.observe(delay, arrival)
        return self._time(timestamp, arrival)

    def _time(self, timestamp: int, arrival: float) -> float:
        """What was sent later was not captured earlier."""
        captured = self._timeline.capture_time(timestamp, arrival)
        if captured > self._last_time:  # noqa: PLR1730  max() takes three times as long
            self._last_time = captured
        return self._last_time
