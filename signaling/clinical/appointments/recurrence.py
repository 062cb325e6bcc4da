"""Rules by which appointments recur (RFC 5545 RECUR), and what wall clocks make of them. Pure.

A series keeps its time of day whatever its zone does with the clocks. A time that a day leaves out
is the one before the gap, and one that a day has twice is the first of the two (3.3.5).
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from icalendar import vRecur

from signaling.clinical.appointments.pattern import DAYS, Pattern, week_day
from signaling.kernel.errors import Invalid

MOST = 260
"""Appointments of a series: each working day of a year."""
LONGEST = timedelta(days=2 * 366)
PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
FEWEST = {"BYMONTH": 1, "BYMONTHDAY": -31, "BYSETPOS": -366}
MOST_OF = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYSETPOS": 366}


def wall_clock(at: datetime, time_zone: str) -> datetime:
    """What a clock there shows, without saying so."""
    return at.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)


def instant(wall: datetime, time_zone: str) -> datetime:
    """When a clock there shows that."""
    return wall.replace(tzinfo=ZoneInfo(time_zone), fold=0).astimezone(UTC)


def starts(rule: str, first: datetime, time_zone: str) -> Sequence[datetime]:
    """The wall-clock time of each appointment.

    Raises Invalid if the rule cannot be read, has no end, too many, or not the first one.
    """
    parts = _read(rule)
    [count], until = parts.pop("COUNT", [None]), parts.pop("UNTIL", None)
    last = first + LONGEST
    if until:
        last = min(last, _until(until[0], time_zone))
    days = _pattern(parts).days(first.date(), last.date())
    found = (datetime.combine(day, first.time()) for day in days)
    walls = [wall for wall in islice(found, min(count or MOST + 1, MOST + 1)) if wall <= last]
    if not walls or walls[0] != first:
        raise Invalid("recurrence_not_possible", reason="not_the_first")
    if len(walls) > MOST or (count is not None and len(walls) < count):
        raise Invalid("recurrence_not_possible", reason="too_many", limit=MOST)
    return walls


def counted(rule: str, count: int) -> str:
    """The same rule for that many appointments."""
    parts = _read(rule)
    parts.pop("UNTIL", None)
    parts["COUNT"] = [count]
    return _written(parts)


def shifted(rule: str, days: int) -> str:
    """The rule of appointments that are moved by whole days: other days of the week."""
    parts = _read(rule)
    named = [str(day) for day in parts.get("BYDAY", [])]
    if str(parts["FREQ"][0]) == "WEEKLY" and named and set(named) <= set(DAYS):
        moved = [DAYS[(DAYS.index(day) + days) % 7] for day in named]
        parts["BYDAY"] = sorted(moved, key=DAYS.index)
    return _written(parts)


def _written(parts: vRecur) -> str:
    return bytes(parts.to_ical()).decode()  # type: ignore[no-untyped-call]


def _read(rule: str) -> vRecur:
    try:
        parts: vRecur = vRecur.from_ical(rule)
        frequency = [str(word) for word in parts["FREQ"]]
        counts = [int(count) for name in ("COUNT", "INTERVAL") for count in parts.get(name, [1])]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Invalid("recurrence_not_possible", reason="not_read") from None
    single = all(len(parts.get(name, [1])) == 1 for name in ("FREQ", "INTERVAL", "COUNT", "UNTIL"))
    if set(parts) - PARTS or not single or frequency[0] not in FREQUENCIES or min(counts) < 1:
        raise Invalid("recurrence_not_possible", reason="not_read")
    if ("COUNT" in parts) == ("UNTIL" in parts):
        raise Invalid("recurrence_not_possible", reason="no_end")
    return parts


def _pattern(parts: vRecur) -> Pattern:
    """Raises Invalid."""
    frequency = str(parts["FREQ"][0])
    try:
        week_days = frozenset(week_day(str(day)) for day in parts.get("BYDAY", []))
        [week_start] = [DAYS.index(str(day)) for day in parts.get("WKST", ["MO"])]
        months, month_days, positions = (_numbers(parts, name) for name in FEWEST)
    except (ValueError, TypeError):
        raise Invalid("recurrence_not_possible", reason="not_read") from None
    counted = any(nth for nth, _ in week_days)
    if counted and frequency in {"DAILY", "WEEKLY"}:  # RFC 5545 3.3.10 has it of longer ones only
        raise Invalid("recurrence_not_possible", reason="not_read")
    return Pattern(
        frequency,
        int(parts.get("INTERVAL", [1])[0]),
        months,
        month_days,
        week_days,
        positions,
        week_start,
    )


def _numbers(parts: vRecur, name: str) -> frozenset[int]:
    """Raises ValueError."""
    numbers = frozenset(int(number) for number in parts.get(name, []))
    if any(not number or not FEWEST[name] <= number <= MOST_OF[name] for number in numbers):
        raise ValueError("no such month, day or position")
    return numbers


def _until(until: object, time_zone: str) -> datetime:
    """The last moment on the wall: in UTC in a rule (3.3.10), or all of a day. Raises Invalid."""
    try:
        if isinstance(until, datetime):
            return until if until.tzinfo is None else wall_clock(until, time_zone)
        if isinstance(until, date):
            return datetime.combine(until, time.max)
    except OverflowError:  # of the first or the last year that there is
        pass
    raise Invalid("recurrence_not_possible", reason="not_read")
