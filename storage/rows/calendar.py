"""Days as numbers (`ages.number`) in what a database is asked, in the words of each."""

from typing import Any

from sqlalchemy import ColumnElement, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from storage.ages import BEHIND

_HOURS = f"{BEHIND.total_seconds() / 3600:.0f} hours"


class day_number(FunctionElement[int]):  # noqa: N801 - written as a function is
    """Of a column that holds a date."""

    name = "day_number"
    type = Integer()
    inherit_cache = True


class day_begun(FunctionElement[int]):  # noqa: N801 - written as a function is
    """`ages.day` of a column that holds an instant."""

    name = "day_begun"
    type = Integer()
    inherit_cache = True


@compiles(day_number, "sqlite")
def _day_number_in_sqlite(element: day_number, compiler: SQLCompiler, **how: Any) -> str:
    return f"CAST(strftime('%Y%m%d', {_column(element, compiler, how)}) AS INTEGER)"


@compiles(day_number, "postgresql")
def _day_number_in_postgresql(element: day_number, compiler: SQLCompiler, **how: Any) -> str:
    return f"CAST(to_char({_column(element, compiler, how)}, 'YYYYMMDD') AS INTEGER)"


@compiles(day_begun, "sqlite")
def _day_begun_in_sqlite(element: day_begun, compiler: SQLCompiler, **how: Any) -> str:
    column = _column(element, compiler, how)
    return f"CAST(strftime('%Y%m%d', {column}, '-{_HOURS}') AS INTEGER)"


@compiles(day_begun, "postgresql")
def _day_begun_in_postgresql(element: day_begun, compiler: SQLCompiler, **how: Any) -> str:
    column = f"{_column(element, compiler, how)} AT TIME ZONE 'UTC' - interval '{_HOURS}'"
    return f"CAST(to_char({column}, 'YYYYMMDD') AS INTEGER)"


def _column(
    element: FunctionElement[int], compiler: SQLCompiler, how: dict[str, Any]
) -> ColumnElement[Any] | str:
    return compiler.process(element.clauses, **how)
