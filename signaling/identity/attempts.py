"""How often somebody may try: sliding counts per key, in memory, with the time passed in."""

from collections import OrderedDict, deque
from dataclasses import dataclass

MAX_KEYS = 10_000  # about 2 MB

NETWORK_FACTOR = 10
"""One address may be a whole clinic behind NAT;
trying one password on many accounts still has an end.
"""
ACCOUNT_FACTOR = 3
"""At one account, from all networks together: more than an owner needs, too few for
who has a thousand addresses.
"""


class Tally:
    """At most `limit` attempts per key within `window` seconds."""

    def __init__(self, limit: int, window: float) -> None:
        self._limit = limit
        self._window = window
        self._times: OrderedDict[str, deque[float]] = OrderedDict()
        """By the last attempt, the oldest first."""

    def wait(self, key: str, now: float) -> float:
        """0 if one is allowed, else the seconds until then.

        A full memory allows no new key: a flood of others must not make it forget what it counts.
        """
        times = self._times.get(key)
        if times is None:
            self._forget_past(now)
            oldest = next(iter(self._times.values()), None)
            return (
                oldest[-1] + self._window - now if oldest and len(self._times) >= MAX_KEYS else 0.0
            )
        while times and times[0] <= now - self._window:
            times.popleft()
        return times[0] + self._window - now if len(times) >= self._limit else 0.0

    def add(self, key: str, now: float) -> None:
        """Count one."""
        self._times.setdefault(key, deque()).append(now)
        self._times.move_to_end(key)

    def take_back(self, key: str) -> None:
        """The last one does not count, after all."""
        if times := self._times.get(key):
            times.pop()

    def forget(self, key: str) -> None:
        """None of them counts."""
        self._times.pop(key, None)

    def _forget_past(self, now: float) -> None:
        while self._times:
            times = next(iter(self._times.values()))
            if times and times[-1] > now - self._window:
                return
            self._times.popitem(last=False)


@dataclass(frozen=True)
class Attempt:
    """An attempt to sign in."""

    account: str
    """The user name as it was typed, whether there is such a user or not."""
    place: str
    """The network it comes from."""
    device: str | None = None
    """Of a browser that the account's owner has signed in with before; a stranger's has none."""


class SignInLimits:
    """How often one may guess. Strangers share limits,
    so that guesses have an end wherever they come from.

    A known device has a limit of its own: whatever strangers do, to the account or on the same
    network, its owner can sign in there.
    """

    def __init__(self, attempts: int, window: float) -> None:
        self._of_device = Tally(attempts, window)
        self._of_pair = Tally(attempts, window)
        self._of_account = Tally(attempts * ACCOUNT_FACTOR, window)
        self._of_network = Tally(attempts * NETWORK_FACTOR, window)

    def take(self, attempt: Attempt, now: float) -> float:
        """Count it, before the work it asks for is done. 0 if it is allowed, else the seconds
        until one is.
        """
        counts = self._counts(attempt)
        wait = max(counting.wait(key, now) for counting, key in counts)
        if not wait:
            for counting, key in counts:
                counting.add(key, now)
        return wait

    def not_made(self, attempt: Attempt) -> None:
        """It was counted, and then nobody looked at the password."""
        for counting, key in self._counts(attempt):
            counting.take_back(key)

    def succeeded(self, attempt: Attempt) -> None:
        """Only failures count: a clinic that signs in within minutes every morning is no attack."""
        self.not_made(attempt)
        self._of_pair.forget(_pair(attempt))
        if attempt.device:
            self._of_device.forget(attempt.device)

    def _counts(self, attempt: Attempt) -> list[tuple[Tally, str]]:
        if attempt.device:
            return [(self._of_device, attempt.device)]
        return [
            (self._of_pair, _pair(attempt)),
            (self._of_account, attempt.account.casefold()),
            (self._of_network, attempt.place),
        ]


def _pair(attempt: Attempt) -> str:
    return f"{attempt.place} {attempt.account.casefold()}"
