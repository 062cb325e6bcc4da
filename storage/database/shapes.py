"""JSON in the database: it has the shape that the server wrote, unless somebody else wrote it."""

import logging
from typing import TypeVar

import msgspec
from sqlalchemy import inspect

from storage.models import Base

log = logging.getLogger(__name__)

T = TypeVar("T")


def parse(stored: str | bytes) -> object:
    """A stored value. What is no JSON stays text: no shape takes it, and a row of which one value
    is broken is found with all others.
    """
    try:
        return msgspec.json.decode(stored)
    except (ValueError, RecursionError):
        return str(stored)


def read(row: Base, column: str, kind: type[T]) -> T | None:
    """None where nothing is known, or where what is there is damaged, which the log tells."""
    value = getattr(row, column)
    try:
        if isinstance(value, str):
            return msgspec.json.decode(value, type=kind)
        return None if value is None else msgspec.convert(value, kind)
    except (ValueError, RecursionError):
        identity = inspect(row).identity or ()
        which = ", ".join(str(key) for key in identity)
        log.error("damaged: column %s of row %s of %s", column, which, row.__tablename__)
        return None
