"""Whom to ring in which country: `signaling/shipped/emergency_numbers.toml`, and what a practice
puts in its place.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from signaling import shipped
from signaling.clinical.crises.resources import EmergencyNumber, EmergencyNumbers, NumberKind
from signaling.kernel.countries import is_country


class Number(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One of a file."""

    kind: NumberKind
    number: Annotated[str, Meta(min_length=2, max_length=40, pattern="^[0-9+ /-]+$(?!\\n)")]
    name: Annotated[str, Meta(min_length=1, max_length=120)] | None = None
    source: Annotated[str, Meta(max_length=300)] | None = None


Numbers = Mapping[str, tuple[Number, ...]]
"""By country."""


class NumbersFileError(OSError):
    """The file of a practice cannot be used; the text says which and why."""


def read(path: Path) -> Numbers:
    """Raises NumbersFileError."""
    try:
        found = msgspec.convert(
            tomllib.loads(path.read_text(encoding="utf-8")), dict[str, tuple[Number, ...]]
        )
    except (OSError, UnicodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise NumbersFileError(f"emergency.numbers_file: {path}: {error}") from None
    if unknown := [code for code in found if not is_country(code)]:
        raise NumbersFileError(
            f"emergency.numbers_file: {path}: no country has the code {unknown[0]}"
        )
    return found


class EmergencyDirectory:
    """Of one server."""

    def __init__(self, own: Path | None) -> None:
        """`own`: of the practice, whose countries replace those that are shipped. Raises
        NumbersFileError.
        """
        self._numbers = {**read(shipped.emergency_numbers_path()), **(read(own) if own else {})}

    def of(self, country: str) -> EmergencyNumbers:
        """None are known of many countries."""
        return EmergencyNumbers(
            country=country,
            numbers=[
                EmergencyNumber(kind=one.kind, number=one.number, name=one.name, source=one.source)
                for one in self._numbers.get(country, ())
            ],
            countries=sorted(self._numbers),
        )
