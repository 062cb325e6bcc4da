"""Rules by which appointments recur, where clocks are set forward and back."""

import random
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from dateutil.rrule import rrulestr

from signaling.clinical.appointments import recurrence
from signaling.clinical.appointments.pattern import DAYS
from signaling.kernel.errors import Invalid

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


def wall(text: str) -> datetime:
    """A time on a wall in 2026."""
    return datetime.fromisoformat(f"2026-{text}")


def instants(rule: str, first: datetime, zone: str) -> list[str]:
    walls = recurrence.starts(rule, first, zone)
    return [f"{recurrence.instant(wall, zone):%d.%m. %H:%M}" for wall in walls]


@pytest.mark.parametrize(
    ("zone", "first", "expected"),
    [
        # both set their clocks, on other days: an hour moves for whoever is in the other zone
        (BERLIN, wall("03-23 10:00"), ["23.03. 09:00", "30.03. 08:00", "06.04. 08:00"]),
        (BERLIN, wall("10-19 10:00"), ["19.10. 08:00", "26.10. 09:00", "02.11. 09:00"]),
        (NEW_YORK, wall("03-02 10:00"), ["02.03. 15:00", "09.03. 14:00", "16.03. 14:00"]),
        # 2:30 is left out on 29 March, and is there twice on 25 October: the first of the two
        (BERLIN, wall("03-22 02:30"), ["22.03. 01:30", "29.03. 01:30", "05.04. 00:30"]),
        (BERLIN, wall("10-18 02:30"), ["18.10. 00:30", "25.10. 00:30", "01.11. 01:30"]),
    ],
)
def test_a_series_keeps_its_time_on_the_wall(
    zone: str, first: datetime, expected: list[str]
) -> None:
    assert instants("FREQ=WEEKLY;COUNT=3", first, zone) == expected


def test_a_rule_ends_by_its_number_or_by_its_day() -> None:
    first = wall("03-23 10:00")
    for rule in ("FREQ=DAILY;COUNT=8", "FREQ=DAILY;UNTIL=20260330"):
        assert len(recurrence.starts(rule, first, BERLIN)) == 8
    until = "FREQ=DAILY;UNTIL=20260330T080000Z"  # 10:00 in Berlin, where it is summer by then
    assert len(recurrence.starts(until, first, BERLIN)) == 8
    assert recurrence.counted(until, 8) == "FREQ=DAILY;COUNT=8"


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("", "not_read"),
        ("FREQ=SECONDLY;COUNT=2", "not_read"),
        ("FREQ=WEEKLY;COUNT=0", "not_read"),
        ("FREQ=WEEKLY;COUNT=2,3", "not_read"),
        ("FREQ=WEEKLY;BYDAY=XX;COUNT=2", "not_read"),
        ("FREQ=MONTHLY;BYDAY=99MO;COUNT=2", "not_read"),
        ("FREQ=DAILY;BYHOUR=1,2,3;COUNT=2", "not_read"),
        ("FREQ=WEEKLY;BYDAY=2MO;COUNT=2", "not_read"),
        ("FREQ=DAILY;UNTIL=P1D", "not_read"),
        ("FREQ=DAILY;UNTIL=100000", "not_read"),
        ("FREQ=DAILY;UNTIL=99991231T235959Z", "not_read"),
        ("FREQ=WEEKLY", "no_end"),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20270101", "no_end"),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=2", "not_the_first"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2", "not_the_first"),
        # without an end to look for them, these have none in ten thousand years
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2", "not_the_first"),
        ("FREQ=DAILY;BYSETPOS=366;COUNT=2", "not_the_first"),
        ("FREQ=DAILY;COUNT=261", "too_many"),
        ("FREQ=DAILY;COUNT=9999999", "too_many"),
        ("FREQ=DAILY;UNTIL=20300101", "too_many"),
        ("FREQ=YEARLY;COUNT=9", "too_many"),
    ],
)
def test_a_rule_that_cannot_be_used_says_why(rule: str, reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        recurrence.starts(rule, wall("03-23 10:00"), BERLIN)
    assert (caught.value.code, caught.value.reason) == ("recurrence_not_possible", reason)


def a_rule(seed: int) -> tuple[str, datetime]:
    """Without its end, and a time that it may have; nothing of what dateutil reads otherwise than
    RFC 5545: a last Monday beside plain ones, positions in a week that has begun.
    """
    pick = random.Random(seed)
    first = wall("01-01 10:00") + timedelta(days=pick.randrange(1500))
    frequency = pick.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    nth = pick.choice(["", str((first.day - 1) // 7 + 1), "-1"])
    if frequency in {"DAILY", "WEEKLY"}:
        nth = ""
    days = f"{nth}{DAYS[first.weekday()]},{nth}{pick.choice(DAYS)}"
    parts = [f"INTERVAL={pick.randint(1, 4)}", f"BYMONTH={first.month},{pick.randint(1, 12)}"]
    parts += [f"BYMONTHDAY={first.day},-{pick.randint(1, 28)}"] * (frequency != "WEEKLY")
    parts += [f"BYDAY={days}", f"WKST={pick.choice(DAYS)}"]
    chosen = [part for part in parts if pick.random() < 0.4]
    if frequency in {"MONTHLY", "YEARLY"} and any("DAY" in part for part in chosen):
        chosen += [f"BYSETPOS={pick.choice(['1', '-1', '2,-1'])}"] * (pick.random() < 0.4)
    return ";".join([f"FREQ={frequency}", *chosen]), first


def test_days_are_those_of_another_implementation() -> None:
    compared = 0
    for seed in range(400):
        rule, first = a_rule(seed)
        last = first + recurrence.LONGEST
        ended = rrulestr(f"{rule};UNTIL={last:%Y%m%dT%H%M%S}", dtstart=first)
        expected = list(islice(ended, 5))
        if expected[:1] == [first]:
            found = recurrence.starts(f"{rule};COUNT={len(expected)}", first, BERLIN)
            assert (rule, found) == (rule, expected)
            compared += 1
    assert compared > 200


def test_days_of_the_week_move_along() -> None:
    assert recurrence.shifted("FREQ=WEEKLY;COUNT=4;BYDAY=MO,SU", 1) == (
        "FREQ=WEEKLY;COUNT=4;BYDAY=MO,TU"
    )
    assert recurrence.shifted("FREQ=DAILY;COUNT=4", 1) == "FREQ=DAILY;COUNT=4"


def test_a_clock_on_the_wall_is_read_back() -> None:
    at = datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert recurrence.instant(recurrence.wall_clock(at, BERLIN), BERLIN) == at
