"""Places in the tree as a text: `0-41,43,45-255`. Pure."""

import re
from collections.abc import Iterable, Sequence

_RUN = re.compile("([0-9]{1,18})(?:-([0-9]{1,18}))?")


def encode(indices: Iterable[int]) -> str:
    """Those that follow each other are one run; they come in ascending order."""
    runs: list[list[int]] = []
    for index in indices:
        if runs and runs[-1][1] == index - 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def decode(text: str) -> Sequence[range]:
    """Raises ValueError for what is not such a text."""
    found = []
    for run in text.split(","):
        if (match := _RUN.fullmatch(run)) is None:
            raise ValueError(f"{run!r} is not a run of indices")
        first = int(match[1])
        found.append(range(first, int(match[2] or first) + 1))
    return found
