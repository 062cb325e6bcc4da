"""Crises as HTTP has them."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from signaling.kernel.resources import Request, Resource
from signaling.kernel.words import CrisisEntry, CrisisStep, EndReason, Side
from signaling.recordings.resources import Reason

MOST_CHARACTERS = 1000
# PostgreSQL stores no NUL, and UTF-8 has no half of a surrogate pair.
Line = Annotated[str, Meta(max_length=MOST_CHARACTERS, pattern="^[^\\x00\\ud800-\\udfff]*$(?!\\n)")]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$(?!\\n)")]


NumberKind = Literal["emergency", "ambulance", "police", "crisis"]
Coming = Literal["invited", "joined", "left"]


class NoteCrisis(Request):
    """POST …/crisis: that a step of the check list is done, or is not, or a line of one's own."""

    kind: Literal["ticked", "unticked", "noted"]
    step: CrisisStep | None = None
    text: Line | None = None


class CrisisEvent(Resource):
    """One thing that happened, in its time."""

    at: datetime
    kind: CrisisEntry | Coming | Literal["ended"]
    by_name: str | None = None
    """Whose doing it was, or who came and went; none: nobody's."""
    side: Side | None = None
    """As what they were invited."""
    step: CrisisStep | None = None
    text: str | None = None
    reason: EndReason | None = None
    """Why the call ended."""
    readable: bool = True
    """False: it was erased, or is damaged."""


class CrisisContact(Resource):
    """Whom to reach, as it is on record."""

    name: str
    phone: str
    relationship: str | None = None


class Crisis(Resource):
    """GET calls/{room_id}/crisis"""

    stands: bool
    """There is one, and nobody has said that it is over: the call does not end by itself."""
    contact: CrisisContact | None
    steps: list[CrisisStep]
    """The check list, in its order."""
    done: list[CrisisStep]
    events: list[CrisisEvent]


class EmergencyNumber(Resource):
    """Whom to ring in a country."""

    kind: NumberKind
    number: str
    name: str | None = None
    """What it calls itself, in the words of the country."""
    source: str | None = None
    """Who says so."""


class EmergencyNumbers(Resource):
    """GET emergency-numbers"""

    country: str
    numbers: list[EmergencyNumber]
    """Empty: none are known."""
    countries: list[str]
    """Of which some are known."""


class EraseCrisis(Request):
    """POST …/crisis/erase"""

    reason: Reason
