"""What the doctor found: good, worth knowing, or in the way of a call."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "note", "problem"]
SIGNS: dict[Level, str] = {"ok": "ok     ", "note": "note   ", "problem": "PROBLEM"}


@dataclass(frozen=True)
class Finding:
    """One line, and for what is not ok a second one: what to do."""

    level: Level
    text: str
    advice: str = ""

    def __str__(self) -> str:
        first = f"{SIGNS[self.level]}  {self.text}"
        return f"{first}\n         -> {self.advice}" if self.advice else first


def ok(text: str) -> Finding:
    """Nothing to do."""
    return Finding("ok", text)


def note(text: str, advice: str) -> Finding:
    """Works, but not for everybody or not for long."""
    return Finding("note", text, advice)


def problem(text: str, advice: str) -> Finding:
    """Calls or recordings will not work."""
    return Finding("problem", text, advice)
