"""How long something is kept, as it is written: `6 years`, `400 days`, `forever`. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

Unit = Literal["years", "days"]
FOREVER = ("forever", "0")
MOST_DAYS = 36_525

_FORM = re.compile("([1-9][0-9]{0,4}) +(year|day)s?")


@dataclass(frozen=True)
class Period:
    """By the calendar where it is in years."""

    count: int
    unit: Unit

    @property
    def days(self) -> int:
        """No more than it has."""
        return self.count * (365 if self.unit == "years" else 1)

    def before(self, moment: datetime) -> datetime:
        """So long before that."""
        if self.unit == "days":
            return moment - timedelta(days=self.count)
        try:
            return moment.replace(year=moment.year - self.count)
        except ValueError:  # 29 February
            return moment.replace(year=moment.year - self.count, day=28)


def parse(text: str) -> Period | None:
    """None: for ever. Raises ValueError."""
    if text in FOREVER:
        return None
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError("must be a time such as `6 years` or `400 days`, or `forever`")
    period = Period(int(found[1]), cast("Unit", f"{found[2]}s"))
    if period.days > MOST_DAYS:
        raise ValueError("is longer than 100 years: write `forever`")
    return period
