"""What answers to a questionnaire amount to, by its published rule. Pure.

Nothing is guessed: of answers that are missing, impossible or given twice the score says which they
are, and is not made. What does not depend on them is told all the same.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from signaling.clinical.intake.instruments import Criterion, Instrument, Item, counted
from signaling.kernel.words import AnswerFault, IntakeBand, IntakeFinding, IntakeSeverity

Value = bool | int | float | str
"""As platforms write an answer."""


@dataclass(frozen=True)
class Answer:
    """To the item that a platform calls that."""

    item: str
    value: Value


@dataclass(frozen=True)
class Fault:
    """Why there is no score."""

    item: str
    """By the id of the instrument."""
    reason: AnswerFault


@dataclass(frozen=True)
class Scored:
    """What the answers amount to, as far as can be told."""

    total: int | None
    band: IntakeBand | None
    severity: IntakeSeverity | None
    findings: tuple[IntakeFinding, ...]
    flagged: tuple[str, ...]
    """Ids of the items whose answers have to be seen first."""
    faults: tuple[Fault, ...]


def score(instrument: Instrument, answers: Sequence[Answer]) -> Scored:
    """By the rule of the instrument; answers to other items do not count."""
    given = _given(instrument, answers)
    values = _values(instrument, given)
    total = _total(instrument, values)
    band, severity = _meaning(instrument, values, total)
    done = band is not None
    return Scored(
        total=total if done else None,
        band=band,
        severity=severity,
        findings=tuple(one.finding for one in instrument.findings if _all(one.all, values)),
        flagged=tuple(_flagged(instrument, given)),
        faults=tuple(_faults(instrument, given, values, done=done)),
    )


def whole(instrument: Instrument, item: Item, value: Value) -> int | None:
    """The number that an answer to the item means; none if it means none."""
    if isinstance(value, str):
        text, codes = value.strip(), instrument.codes_of(item)
        return codes.get(text, int(text) if text.isascii() and text.isdigit() else None)
    if isinstance(value, bool) and instrument.values_of(item) != (0, 1):
        return None
    if isinstance(value, float) and not value.is_integer():
        return None
    return int(value)


def _given(instrument: Instrument, answers: Sequence[Answer]) -> Mapping[str, list[Value]]:
    given: dict[str, list[Value]] = {}
    for answer in answers:
        if item := instrument.item(answer.item):
            given.setdefault(item.id, []).append(answer.value)
    return given


def _values(instrument: Instrument, given: Mapping[str, list[Value]]) -> Mapping[str, int]:
    """What can be counted on: possible, given once, or left out by the rule of the form."""
    values: dict[str, int] = {}
    for item in instrument.items:
        said = given.get(item.id, [])
        if len(said) == 1 and (value := _possible(instrument, item, said[0])) is not None:
            values[item.id] = value
    for skip in instrument.skips:
        if all(values.get(name) == 0 for name in skip.zero):
            values.update({name: 0 for name in skip.skipped if name not in given})
    return values


def _possible(instrument: Instrument, item: Item, value: Value) -> int | None:
    number = whole(instrument, item, value)
    return number if number in instrument.values_of(item) else None


def _total(instrument: Instrument, values: Mapping[str, int]) -> int | None:
    summed = [item for item in instrument.items if item.id in instrument.sum]
    if not summed or any(item.id not in values for item in summed):
        return None
    return sum(counted(instrument, item, values[item.id]) for item in summed)


def _meaning(
    instrument: Instrument, values: Mapping[str, int], total: int | None
) -> tuple[IntakeBand | None, IntakeSeverity | None]:
    if instrument.sum and total is None:
        return None, None
    for level in instrument.levels:
        met = _all(level.all, values)
        if met is None:
            return None, None
        if met:
            return level.band, level.severity
    for band in instrument.bands:
        if total is not None and total <= band.up_to:
            return band.band, band.severity
    return None, None


def _all(criteria: Iterable[Criterion], values: Mapping[str, int]) -> bool | None:
    """Whether all are met; none if that depends on what is missing."""
    met = [_met(criterion, values) for criterion in criteria]
    return False if False in met else None if None in met else True


def _met(criterion: Criterion, values: Mapping[str, int]) -> bool | None:
    sure = sum(values.get(name, -1) >= criterion.from_ for name in criterion.items)
    open_ = sum(name not in values for name in criterion.items)
    return True if sure >= criterion.count else None if sure + open_ >= criterion.count else False


def _flagged(instrument: Instrument, given: Mapping[str, list[Value]]) -> Iterable[str]:
    """Whatever is not certainly below what is flagged, also where it is answered twice."""
    for item in instrument.items:
        numbers = [_possible(instrument, item, value) for value in given.get(item.id, [])]
        if item.flag_from is not None and any(
            number is None or number >= item.flag_from for number in numbers
        ):
            yield item.id


def _faults(
    instrument: Instrument,
    given: Mapping[str, list[Value]],
    values: Mapping[str, int],
    *,
    done: bool,
) -> Iterable[Fault]:
    """What was answered wrongly, always; what is missing, where the score needs it."""
    counts = Counter({name: len(said) for name, said in given.items()})
    needed = {name for level in instrument.levels for one in level.all for name in one.items}
    for item in instrument.items:
        if counts[item.id] > 1:
            yield Fault(item.id, "repeated")
        elif counts[item.id] and item.id not in values:
            yield Fault(item.id, "not_possible")
        elif not done and item.id not in values and item.id in needed.union(instrument.sum):
            yield Fault(item.id, "missing")
