"""Lists that are read a page at a time, most of them newest first:
a cursor names the last row of the page before.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from storage.errors import InvalidCursor
from storage.models import UtcDateTime

T = TypeVar("T")

PAGE_SIZE = 50
MOST_ROWS = 2**63


@dataclass(frozen=True)
class Page(Generic[T]):
    items: Sequence[T]
    next_cursor: str | None
    """Give it to the same function for the following page; none on the last one."""


@dataclass(frozen=True)
class Position:
    """A row's place in an order by time, then id:
    rows of one instant are neither skipped nor repeated.
    """

    at: datetime
    id: str


def encode_cursor(position: Position) -> str:
    return base64.urlsafe_b64encode(f"{position.at.isoformat()} {position.id}".encode()).decode()


def decode_cursor(cursor: str) -> Position:
    """Raises InvalidCursor."""
    try:
        plain = base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
        at, _, row_id = plain.partition(" ")
        position = Position(datetime.fromisoformat(at), row_id)
    except (binascii.Error, ValueError):
        raise InvalidCursor("This page cursor was not given out by this server.") from None
    if position.at.utcoffset() != timedelta(0) or not position.id or "\0" in position.id:
        raise InvalidCursor("This page cursor was not given out by this server.")
    return position


def number_of(row_id: str) -> int:
    """The id of a row that is a number, as a cursor has it. Raises InvalidCursor."""
    if not row_id.isascii() or not row_id.isdecimal() or not 0 < int(row_id[:20]) < MOST_ROWS:
        raise InvalidCursor("This page cursor was not given out by this server.")
    return int(row_id)


def is_after(
    cursor: str, at: InstrumentedAttribute[datetime], row_id: InstrumentedAttribute[str]
) -> ColumnElement[bool]:
    """The rows of the following pages, in descending order of `at` and `row_id`.

    Raises InvalidCursor.
    """
    last = decode_cursor(cursor)
    return tuple_(at, row_id) < tuple_(literal(last.at, UtcDateTime()), literal(last.id))


def is_later(
    cursor: str, at: InstrumentedAttribute[datetime], row_id: InstrumentedAttribute[str]
) -> ColumnElement[bool]:
    """The same in ascending order. Raises InvalidCursor."""
    last = decode_cursor(cursor)
    return tuple_(at, row_id) > tuple_(literal(last.at, UtcDateTime()), literal(last.id))


def first_page(found: Sequence[T], limit: int, position: Callable[[T], Position]) -> Page[T]:
    """Of up to `limit` + 1 rows: the one too many only tells that another page follows."""
    if len(found) <= limit:
        return Page(found, None)
    return Page(found[:limit], encode_cursor(position(found[limit - 1])))
