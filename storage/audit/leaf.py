"""The very bytes that are hashed of an event: one line of JSON, every column by its name. Pure."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from storage.models import AuditRow

FORMAT = 1
COLUMNS = tuple(column.name for column in AuditRow.__table__.columns)


def encode(row: Mapping[Any, Any]) -> bytes:
    """Keys in alphabetical order, nothing between them, UTF-8; instants in UTC to the microsecond.

    `detail` stays a text in it, so that its bytes are those that were stored. What no row can hold,
    and somebody put there by hand, becomes something else than what was hashed.
    """
    said = {"format": FORMAT, **{name: _text(row[name]) for name in COLUMNS}}
    line = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=repr)
    return line.encode(errors="surrogatepass")


def differences(leaf: bytes, other: bytes) -> Sequence[str]:
    """Names of the columns in which two leaves differ; none if one of them is no leaf."""
    try:
        one, two = json.loads(leaf), json.loads(other)
        return sorted(name for name in one.keys() | two.keys() if one.get(name) != two.get(name))
    except (ValueError, AttributeError):
        return []


def id_of(leaf: bytes) -> int | None:
    """Which row it is of; none if it is no leaf."""
    try:
        found = json.loads(leaf)["id"]
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, int) else None


def _text(value: object) -> object:
    if isinstance(value, datetime):
        instant = value.astimezone(UTC).replace(tzinfo=None)
        return f"{instant.isoformat(timespec='microseconds')}Z"
    return value
