"""Identifiers of rows: 32 hexadecimal digits of a random UUID."""

import re
import uuid

_ID = re.compile(r"[0-9a-f]{32}")


def new_id() -> str:
    return uuid.uuid4().hex


def is_id(text: str) -> bool:
    """Whether it can be one of ours."""
    return _ID.fullmatch(text) is not None
