"""Ids that come from a URL, before a database is asked for them."""

import re

_OURS = re.compile(r"[A-Za-z0-9_-]{1,64}")


def is_identifier(text: str) -> bool:
    """Whether it can be the id of a room, recording or part; PostgreSQL would fail on a NUL,
    and on 10 kB of text.
    """
    return _OURS.fullmatch(text) is not None
