"""Questionnaires that can be scored, as data: `signaling/shipped/instruments` has a file for each.

A file tells what is asked, what can be answered and how it is scored, with its published source.
Words of items are only where their owner lets them be shipped.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache

import msgspec
from msgspec import Struct, field

from signaling import shipped
from signaling.kernel.words import IntakeBand, IntakeFinding, IntakeSeverity


class Part(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One table of a file."""


class Item(Part, frozen=True):
    """One question."""

    id: str
    also: tuple[str, ...] = ()
    """What platforms call it, too."""
    label: str | None = None
    """What it is about; none: its words are not free."""
    loinc: str | None = None
    values: tuple[int, ...] = ()
    """None: those of the instrument."""
    words: tuple[str, ...] = ()
    """What its own values say, one a value; none: their words are not free."""
    codes: tuple[str, ...] = ()
    """LOINC codes of its answers, one a value, where they are not those of the instrument."""
    optional: bool = False
    """Whether a score can do without it."""
    reversed: bool = False
    """Whether its highest value counts as 0, and its lowest as the most."""
    counts_from: int | None = None
    """From this value on it counts 1, below 0; none: it counts its value."""
    flag_from: int | None = None
    """From this value on whoever reads the answers has to see it first."""


class Skip(Part, frozen=True):
    """If `zero` add up to 0, the form leaves `skipped` out: what is not answered counts 0."""

    zero: tuple[str, ...]
    skipped: tuple[str, ...]


class Criterion(Part, frozen=True):
    """At least `count` of the items have at least the value `from`."""

    items: tuple[str, ...]
    from_: int = field(name="from")
    count: int


class Band(Part, frozen=True):
    """What a score up to this one means."""

    up_to: int
    band: IntakeBand
    severity: IntakeSeverity


class Level(Part, frozen=True):
    """What it means if all of the criteria are met, and no level above it was."""

    band: IntakeBand
    severity: IntakeSeverity
    all: tuple[Criterion, ...]


class Finding(Part, frozen=True):
    """What is told beside the score if all of the criteria are met."""

    finding: IntakeFinding
    all: tuple[Criterion, ...]


class Instrument(Part, frozen=True, kw_only=True):
    """One questionnaire."""

    name: str
    also: tuple[str, ...]
    """Other names, and the LOINC code of its panel."""
    sources: tuple[str, ...]
    values: tuple[int, ...]
    words: tuple[str, ...] = ()
    """What the values say, one a value; none: their words are not free."""
    codes: Mapping[str, int] = field(default_factory=dict)
    """Values of the LOINC codes of answers."""
    items: tuple[Item, ...]
    sum: tuple[str, ...]
    """Which items the score adds up; none: there is no score, only a level."""
    skips: tuple[Skip, ...] = ()
    bands: tuple[Band, ...] = ()
    levels: tuple[Level, ...] = ()
    """From the most severe on; they take the place of bands."""
    findings: tuple[Finding, ...] = ()

    def values_of(self, item: Item) -> tuple[int, ...]:
        """What can be answered, in rising order."""
        return item.values or self.values

    def codes_of(self, item: Item) -> Mapping[str, int]:
        """Values of the codes of its answers: one with answers of its own has none of others."""
        if item.codes:
            return dict(zip(item.codes, self.values_of(item), strict=True))
        return {} if item.values else self.codes

    def words_of(self, item: Item) -> Mapping[int, str]:
        """What its values say: one with answers of its own has none of others."""
        own = bool(item.values or item.codes or item.words)
        words = item.words if own else self.words
        return dict(zip(self.values_of(item), words, strict=True)) if words else {}

    def item(self, asked: str) -> Item | None:
        """The one that a platform calls that: by its id, with a q in front, or its LOINC code."""
        return _items(self.name).get(asked.strip().removeprefix("/").lower())

    @property
    def highest(self) -> int | None:
        """The highest score that there is."""
        items = {item.id: item for item in self.items}
        return sum(counted(self, items[name], None) for name in self.sum) if self.sum else None


def counted(instrument: Instrument, item: Item, value: int | None) -> int:
    """What an answer adds to the score; none: at most."""
    values = instrument.values_of(item)
    if value is None:
        return 1 if item.counts_from is not None else values[-1]
    if item.counts_from is not None:
        return int(value >= item.counts_from)
    return values[-1] + values[0] - value if item.reversed else value


@cache
def catalogue() -> Mapping[str, Instrument]:
    """All that there are, by their names."""
    files = sorted(shipped.instruments_path().glob("*.toml"))
    found = [
        msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Instrument)
        for path in files
    ]
    return {instrument.name: instrument for instrument in found}


def named(asked: str) -> Instrument | None:
    """The instrument that a platform calls that: by a name, or by a canonical address of FHIR that
    ends in one.
    """
    canonical = asked.partition("|")[0].rstrip("/") if "/" in asked else asked
    return _names().get(_plain(canonical.rpartition("/")[2]))


def recognized(asked: Iterable[str]) -> Instrument | None:
    """The one instrument all of whose items that everybody is asked are there, by LOINC codes."""
    codes = {name.strip().removeprefix("/") for name in asked}
    found = [one for one in catalogue().values() if (must := _codes(one)) and must <= codes]
    return found[0] if len(found) == 1 else None


def _codes(instrument: Instrument) -> set[str]:
    """Those of the items that everybody is asked; none unless all of them have one."""
    skipped = {name for skip in instrument.skips for name in skip.skipped}
    asked = [one for one in instrument.items if not one.optional and one.id not in skipped]
    codes = {item.loinc for item in asked if item.loinc}
    return codes if len(codes) == len(asked) else set()


@cache
def _names() -> Mapping[str, Instrument]:
    return {
        _plain(name): instrument
        for instrument in catalogue().values()
        for name in (instrument.name, *instrument.also)
    }


@cache
def _items(instrument: str) -> Mapping[str, Item]:
    return {
        name.lower(): item
        for item in catalogue()[instrument].items
        for name in (item.id, f"q{item.id}", *item.also, *([item.loinc] if item.loinc else ()))
    }


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
