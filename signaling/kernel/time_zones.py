"""Which time zones there are, by their names in the IANA database."""

from functools import cache
from zoneinfo import available_timezones


def is_time_zone(name: str) -> bool:
    """Whether a clock can be set by it."""
    return name in _names()


@cache
def _names() -> frozenset[str]:
    """Read once: each is a file."""
    return frozenset(available_timezones())
