"""Whether the clock has leapt since it was looked at last.

What is erased by age must not go because a clock was set by years: after a leap its notice begins
anew. So it is after a server was off for as long, or a backup was restored.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows import properties

LEAP = timedelta(days=7)
"""A clock that is further than that from where it was seen last may be wrong, by years even."""


@dataclass(frozen=True)
class Leap:
    """One that was noticed."""

    seen: str | None
    """What the clock said before."""


async def look(tx: AsyncSession, name: str, now: datetime, since: datetime) -> Leap | None:
    """Note what the clock says, under that name of a property; none if it has not leapt.

    `since` is another moment that it cannot be before.
    """
    seen = _time(await properties.value(tx, name))
    await properties.put(tx, name, now.isoformat())
    if (seen is None or now - seen <= LEAP) and since - now <= LEAP:
        return None
    return Leap(None if seen is None else seen.isoformat())


def _time(kept: str | None) -> datetime | None:
    try:
        return None if kept is None else datetime.fromisoformat(kept).astimezone(UTC)
    except ValueError:
        return None
