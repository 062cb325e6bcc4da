"""How often somebody may try: a sliding count per key, in memory, with the time passed in."""

from collections import OrderedDict, deque

MAX_KEYS = 10_000  # about 2 MB; the longest unused key is forgotten first


class Attempts:
    """At most `limit` attempts a key within `window` seconds. Counted before the work they ask for is done."""

    def __init__(self, limit: int, window: float) -> None:
        self._limit = limit
        self._window = window
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def take(self, key: str, now: float) -> float:
        """Count one attempt. 0 if it is allowed, else the seconds until one is."""
        times = self._times.setdefault(key, deque())
        self._times.move_to_end(key)
        while times and times[0] <= now - self._window:
            times.popleft()
        if len(times) >= self._limit:
            return times[0] + self._window - now
        times.append(now)
        self._forget_oldest()
        return 0.0

    def forget(self, key: str) -> None:
        """After a success."""
        self._times.pop(key, None)

    def _forget_oldest(self) -> None:
        while len(self._times) > MAX_KEYS:
            self._times.popitem(last=False)
