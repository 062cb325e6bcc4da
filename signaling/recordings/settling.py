"""How soon a recording that was stopped may begin new files."""

from signaling.kernel.clock import Clock
from signaling.recordings import rule


class Settling:
    """How soon after a stop new files may be made:
    whoever changes their mind all the time makes few of them.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.seconds = 0.0
        """How long it is held altogether."""
        self._stops: list[float] = []
        self._not_before = 0.0

    @property
    def left(self) -> float:
        """Seconds."""
        left = self._not_before - self._clock.moment().steady
        return left if left > 0.001 else 0.0

    def stopped(self) -> None:
        """It was, just now."""
        now = self._clock.moment().steady
        self._stops = [at for at in self._stops if now - at < rule.STOPS_COUNT_SECONDS] + [now]
        self.hold(rule.settle_seconds(len(self._stops)))

    def hold(self, seconds: float) -> None:
        """Not before that time has passed."""
        until = self._clock.moment().steady + seconds
        if until > self._not_before:
            self._not_before, self.seconds = until, seconds
