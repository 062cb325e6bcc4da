"""How old somebody is, by a date of birth that has no time and no place.

A day has begun once it has begun everywhere on earth, which is 12 hours after it began in UTC: so
nobody is taken for older than they are at home. Who is born on 29 February is a year older on 1
March, where there is no such day.
"""

from datetime import UTC, date, datetime, time, timedelta

BEHIND = timedelta(hours=12)
"""How much later than in UTC a day begins where it begins last."""
YEAR = 10_000
"""A year, in the difference of two numbers of `number`."""


def day(at: datetime) -> date:
    """The last one that has begun everywhere at that moment."""
    return (at - BEHIND).astimezone(UTC).date()


def number(day: date) -> int:
    """YYYYMMDD: of two days, the difference divided by YEAR is the whole years between them."""
    return day.year * YEAR + day.month * 100 + day.day


def birthday(born: date, years: int) -> datetime:
    """When somebody is that old."""
    try:
        on = born.replace(year=born.year + years)
    except ValueError:
        on = date(born.year + years, 3, 1)
    return datetime.combine(on, time(), UTC) + BEHIND


def born_by(at: datetime, years: int) -> date:
    """The latest date of birth of whoever is that old at that moment."""
    today = day(at)
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return date(today.year - years, 2, 28)
