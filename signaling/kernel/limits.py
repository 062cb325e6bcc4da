"""How much one person may ask for, over HTTP and all of their sockets together.

What ends something is never refused while there is something to end: hanging up, withdrawing
consent, and the first emergency of a call. Pure but for the clock, which counts in steady seconds.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from signaling.kernel.errors import TooMany

Kind = Literal[
    "read",
    "recording",
    "media",
    "change",
    "initiate",
    "answer",
    "session",
    "socket",
    "message",
    "chat",
    "file",
    "consent",
    "emergency",
    "export",
    "request",
    "test",
    "visit",
]

MAX_BUCKETS = 20_000  # some 6 MB; one that was not used for longest is full again, or nearly


@dataclass
class TokenBucket:
    """Allows `burst` at once and `per_second` in the long run."""

    burst: float
    per_second: float
    left: float
    at: float

    @classmethod
    def full(cls, burst: float, per_second: float, now: float) -> "TokenBucket":
        """One that nothing was taken from."""
        return cls(burst, per_second, burst, now)

    def take(self, now: float) -> bool:
        """Whether one more is allowed."""
        return self.wait(now) == 0

    def wait(self, now: float) -> float:
        """0 if one more is allowed, which is then taken; else the seconds until one is."""
        self.left = min(self.burst, self.left + max(0.0, now - self.at) * self.per_second)
        self.at = now
        if self.left < 1:
            return (1 - self.left) / self.per_second
        self.left -= 1
        return 0.0


RATES: dict[Kind, tuple[float, float]] = {
    # The page of live rooms asks once a second, a page that opens some ten times.
    "read": (240, 20),
    "recording": (500, 2),  # each is a row of the audit log
    "media": (400, 100),  # players ask for small ranges when somebody seeks
    "change": (60, 2),
    "initiate": (20, 0.2),  # two rows, and a room in the relay
    "answer": (20, 1),
    "session": (20, 0.2),
    "socket": (64, 2),  # a browser that comes back opens all of its windows at once
    "message": (240, 60),
    "chat": (20, 1),  # a row each, read by six
    "file": (20, 0.2),  # to be kept for years
    "consent": (6, 0.1),  # each yes begins new files
    "emergency": (2, 1 / 30),  # per call: it is shown to everybody, and stands
    "export": (10, 1 / 60),  # as long as the log is
    "request": (10, 1 / 3600),  # somebody has to answer each
    "test": (6, 0.1),  # of the network: as much media as a call, for some seconds
    "visit": (400, 100),  # per network: a clinic, or a platform's proxy
}
"""At once, and a second in the long run."""


class Limits:
    """Counts by kind of request and person (or network, or person and call)."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._buckets: OrderedDict[tuple[Kind, str], TokenBucket] = OrderedDict()

    def wait(self, kind: Kind, who: str) -> float:
        """0 if it is allowed, and then it is counted; else the seconds until it is."""
        now = self._now()
        bucket = self._buckets.setdefault((kind, who), TokenBucket.full(*RATES[kind], now))
        self._buckets.move_to_end((kind, who))
        if len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        return bucket.wait(now)

    def require(self, kind: Kind, who: str) -> None:
        """Raises TooMany, which says when to come back."""
        if wait := self.wait(kind, who):
            raise TooMany("too_many_requests", retry_after=wait)
