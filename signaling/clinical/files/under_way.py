"""The files that are being sent at present: nobody fills the disk by sending many at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from signaling.kernel.errors import TooMany

MOST_OF_ONE = 2
"""A page sends one at a time; another may be on a connection that broke without a word."""
MOST_IN_CALL = 6
AGAIN_SECONDS = 10.0


@dataclass(eq=False)
class OnItsWay:
    """One of them."""

    session_id: str
    user_id: str
    size_bytes: int
    """As its sender says, or what has arrived if that is more."""


class UnderWay:
    """In the order in which they were begun."""

    def __init__(self) -> None:
        self._all: list[OnItsWay] = []

    @contextmanager
    def one(self, file: OnItsWay) -> Iterator[None]:
        """While it is sent. Raises TooMany."""
        in_call = [each for each in self._all if each.session_id == file.session_id]
        of_one = [each for each in self._all if each.user_id == file.user_id]
        if len(of_one) >= MOST_OF_ONE or len(in_call) >= MOST_IN_CALL:
            raise TooMany("too_many_requests", retry_after=AGAIN_SECONDS)
        self._all.append(file)
        try:
            yield
        finally:
            self._all.remove(file)

    def bytes_before(self, file: OnItsWay) -> int:
        """Of what was begun before it in its call."""
        before = self._all[: self._all.index(file)]
        return sum(each.size_bytes for each in before if each.session_id == file.session_id)
