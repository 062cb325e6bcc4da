"""What an event of the log says of rows that have expired, and whether that can be believed. Pure.

Whoever verifies finds leaves without content, and has to tell those whose time was over from those
that somebody emptied. The event itself is in the tree, like every other. What it says must fit the
rows that are left: none before an expired one is younger than the event's cut-off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from storage.audit import indices

FLOOR = timedelta(days=365)
"""Nothing younger expires, whatever anybody configures: the triggers refuse it as well."""
_CLOCKS_DIFFER = timedelta(days=1)


class _Detail(msgspec.Struct):
    indices: str
    cut_off: datetime


@dataclass(frozen=True)
class Record:
    """One event, and the leaves that it names."""

    at: datetime
    cut_off: datetime
    expired: Sequence[range]

    @classmethod
    def read(cls, row: Mapping[Any, Any]) -> "Record | None":
        """None for a row that says nothing of the kind."""
        try:
            said = msgspec.json.decode(row["detail"], type=_Detail)
            found = cls(row["at"], said.cut_off.astimezone(UTC), indices.decode(said.indices))
        except (ValueError, TypeError, OverflowError):
            return None
        return found

    def covers(self, index: int) -> bool:
        """Whether it names that leaf."""
        return any(index in run for run in self.expired)


def problem(record: Record | None, index: int, newest: datetime | None, now: datetime) -> str:
    """Why that leaf should have its content; nothing if its time was over.

    `newest` is the latest time of the rows before it.
    """
    if record is None or not record.covers(index):
        return "no event of the log says that it has expired"
    if record.at > now + _CLOCKS_DIFFER:
        return f"its expiry is dated {_told(record.at)}, which is to come"
    if record.cut_off > record.at - FLOOR:
        return f"its expiry, of {_told(record.at)}, has a cut-off less than a year before"
    if newest is not None and newest > record.cut_off:
        return (
            f"a row before it is of {_told(newest)}, and only what is older than "
            f"{_told(record.cut_off)} has expired"
        )
    return ""


def _told(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
