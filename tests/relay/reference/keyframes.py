"""When a publisher is asked for a keyframe."""

MINIMUM_INTERVAL = 0.5
"""Seconds between two requests for one track: a keyframe is 5 to 10 times the size of other frames,
and several subscribers that join or lose packets together are all served by one.
"""


class KeyframeRequests:
    """Throttles the requests for one track; what comes too early is kept until `due`."""

    def __init__(self) -> None:
        self._asked_at = float("-inf")
        self.wanted = False
        self.sent = 0

    def want(self) -> None:
        """Somebody needs a keyframe."""
        self.wanted = True

    def arrived(self) -> None:
        """A keyframe came; it serves everybody who waited."""
        self.wanted = False

    def due(self, now: float) -> bool:
        """True when a request is to be sent now; counted as sent."""
        if not self.wanted or now - self._asked_at < MINIMUM_INTERVAL:
            return False
        self._asked_at, self.wanted = now, False
        self.sent += 1
        return True
