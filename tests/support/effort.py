"""How much of a kind a test tries: little for everybody's `make test`, a lot for `make test-long`.

Both forms look at the same behaviours. The long one tries more inputs, more rooms and longer calls.
"""

import os
from typing import TypeVar

LONG = os.environ.get("LONG_TESTS") == "1"

T = TypeVar("T")


def effort(short: T, *, long: T) -> T:
    """The one of the two that was asked for."""
    return long if LONG else short
