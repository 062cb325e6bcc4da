"""Which countries there are, by their codes (ISO 3166-1 alpha-2), as IANA's database has them."""

from collections.abc import Sequence
from functools import cache
from importlib import resources


def is_country(code: str) -> bool:
    """Whether it is the code of one."""
    return code in all_countries()


@cache
def all_countries() -> Sequence[str]:
    """In alphabetical order."""
    text = resources.files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return sorted(line.split("\t")[0] for line in lines)
