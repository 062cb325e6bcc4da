"""What [recording] says of who may open one."""

from dataclasses import dataclass
from datetime import timedelta

from signaling.config import Recording
from signaling.kernel.words import UnlockPolicy


@dataclass(frozen=True)
class UnlockSettings:
    policy: UnlockPolicy
    waits: timedelta
    """So long a request waits for an answer."""
    lasts: timedelta
    """So long an approval lasts."""

    @classmethod
    def of(cls, section: Recording) -> "UnlockSettings":
        """As the configuration has it."""
        waits = timedelta(hours=section.unlock_request_hours)
        return cls(section.unlock, waits, timedelta(minutes=section.unlock_minutes))
