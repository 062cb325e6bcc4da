"""How much one socket may ask for. Pure: the time is passed in, in seconds of any steady clock."""

from dataclasses import dataclass


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
        self.left = min(self.burst, self.left + max(0.0, now - self.at) * self.per_second)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True
