"""How old somebody is: leap days, and wherever on earth they live."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import ages

DATES = st.dates(date(1900, 1, 1), date(2100, 12, 31))
EARLIEST = datetime(1950, 1, 1, tzinfo=UTC)
TIMES = st.integers(0, 150 * 365 * 86_400).map(lambda s: EARLIEST + timedelta(seconds=s))
YEARS = st.integers(0, 100)


@pytest.mark.parametrize(
    ("born", "years", "on"),
    [
        (date(2008, 3, 2), 18, date(2026, 3, 2)),
        (date(2008, 2, 29), 18, date(2026, 3, 1)),
        (date(2008, 2, 29), 20, date(2028, 2, 29)),
        (date(2008, 2, 28), 18, date(2026, 2, 28)),
        (date(1982, 2, 28), 18, date(2000, 2, 28)),
    ],
)
def test_a_birthday_is_that_of_the_calendar(born: date, years: int, on: date) -> None:
    assert ages.birthday(born, years) == datetime(on.year, on.month, on.day, 12, tzinfo=UTC)


def test_nobody_is_taken_for_older_than_they_are_at_home() -> None:
    born = date(2008, 2, 29)
    for zone in available_timezones():
        begins = datetime.combine(date(2026, 3, 1), time(), ZoneInfo(zone))
        assert begins <= ages.birthday(born, 18), zone


@given(DATES, YEARS, TIMES)
def test_who_is_old_enough_was_born_early_enough(born: date, years: int, at: datetime) -> None:
    assert (ages.birthday(born, years) <= at) == (born <= ages.born_by(at, years))


@given(DATES, YEARS, TIMES)
def test_numbers_of_days_tell_the_years_between_them(born: date, years: int, at: datetime) -> None:
    old_enough = ages.number(ages.day(at)) - ages.number(born) >= years * ages.YEAR
    assert old_enough == (ages.birthday(born, years) <= at)


def test_a_day_begins_when_it_has_begun_everywhere() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert ages.day(noon) == date(2026, 3, 2)
    assert ages.day(noon - timedelta(microseconds=1)) == date(2026, 3, 1)
    assert ages.day(noon.astimezone(ZoneInfo("Pacific/Kiritimati"))) == date(2026, 3, 2)
