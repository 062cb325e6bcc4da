"""Whether somebody who was heard all the time has fallen silent.

A participant who sends media is heard many times a second, so two seconds without anything are a
path or a page that is gone. One who sends none is heard by connectivity checks alone, every 2.7 s
from Chromium and 5 s from Firefox.
"""

SILENT_AFTER = 2.0
REGULAR_GAP = 1.5
REGULAR_FOR = 1.5


class Silence:
    """Times are seconds of one clock."""

    def __init__(self) -> None:
        self.silent = False
        self._heard: float | None = None
        self._regular_since = 0.0

    def update(self, heard: float, now: float) -> bool:
        """`heard` is when something came last.

        Whether they are silent, in `silent` too, from now on.
        """
        if self._heard is None or heard - self._heard > REGULAR_GAP:
            self._regular_since = heard
        self._heard = heard
        regular = heard - self._regular_since >= REGULAR_FOR
        self.silent = regular and now - heard > SILENT_AFTER
        return self.silent
