"""The days that a rule has (RFC 5545 3.3.10), among those of a few years and no others: a rule that
has none at all is looked through as quickly as any other. Pure.
"""

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY = timedelta(days=1)
WEEKS = 53
"""In a year, at most."""
_NAMED = re.compile(rf"([+-]?\d{{1,2}})?({'|'.join(DAYS)})")


@dataclass(frozen=True)
class Pattern:
    """By which days recur from a first one on."""

    frequency: str
    """DAILY, WEEKLY, MONTHLY or YEARLY."""
    interval: int
    months: frozenset[int]
    """Empty: any."""
    month_days: frozenset[int]
    """From the end of the month, where negative."""
    week_days: frozenset[tuple[int, int]]
    """Which of them in the month or year, 0 for each; and its name, of which Monday is 0."""
    positions: frozenset[int]
    """Of those in each week, month or year; empty: all."""
    week_start: int

    def days(self, first: date, last: date) -> Iterator[date]:
        """From the first, if it is one of them, to the last."""
        begins = self._period(first)
        for period, group in groupby(_years(first, last), self._period):
            if period < begins or (period - begins) % self.interval:
                continue
            found = [day for day in group if self._has(day, first)]
            yield from (day for day in self._chosen(found) if first <= day <= last)

    def _period(self, day: date) -> int:
        match self.frequency:
            case "DAILY":
                return day.toordinal()
            case "WEEKLY":
                return (day.toordinal() - 1 - self.week_start) // 7
            case "MONTHLY":
                return day.year * 12 + day.month
            case _:
                return day.year

    def _has(self, day: date, first: date) -> bool:
        if self.months and day.month not in self.months:
            return False
        if self.month_days and not self.month_days & {day.day, day.day - _length(day) - 1}:
            return False
        if self.week_days:
            weekday = day.weekday()
            return any((nth, weekday) in self.week_days for nth in (0, *self._ordinals(day)))
        return bool(self.month_days) or self._as_first(day, first)

    def _as_first(self, day: date, first: date) -> bool:
        """What no part of the rule says is as it is of the first one."""
        match self.frequency:
            case "DAILY":
                return True
            case "WEEKLY":
                return day.weekday() == first.weekday()
            case "MONTHLY":
                return day.day == first.day
            case _:
                return day.day == first.day and (bool(self.months) or day.month == first.month)

    def _ordinals(self, day: date) -> tuple[int, int]:
        """Which one of its name the day is, from the beginning and from the end."""
        if self.frequency == "YEARLY" and not self.months:
            number, of = day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365
        else:
            number, of = day.day, _length(day)
        return (number - 1) // 7 + 1, -((of - number) // 7 + 1)

    def _chosen(self, found: Sequence[date]) -> Sequence[date]:
        if not self.positions:
            return found
        return [
            day
            for index, day in enumerate(found)
            if self.positions & {index + 1, index - len(found)}
        ]


def week_day(text: str) -> tuple[int, int]:
    """`MO`, or `-1MO` for the last one. Raises ValueError."""
    named = _NAMED.fullmatch(text)
    if named is None or abs(int(named[1] or 0)) > WEEKS:
        raise ValueError("no day of the week")
    return int(named[1] or 0), DAYS.index(named[2])


def _years(first: date, last: date) -> Iterator[date]:
    """All of the weeks, months and years that these two are in, and those between them."""
    begins, ends = date(first.year, 1, 1) - 7 * DAY, date(last.year, 12, 31) + 7 * DAY
    return (begins + number * DAY for number in range((ends - begins).days + 1))


def _length(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]
