"""Places as HTTP has them."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from signaling.kernel.resources import Request, Resource
from signaling.kernel.words import PlaceAnswer, PlaceSource, PlaceState
from signaling.recordings.resources import Reason

MOST_CHARACTERS = 500
# PostgreSQL stores no NUL, and UTF-8 has no half of a surrogate pair.
Address = Annotated[
    str, Meta(max_length=MOST_CHARACTERS, pattern="^[^\\x00\\ud800-\\udfff]*$(?!\\n)")
]


class SayPlace(Request):
    """Where the patient is now: `here`, at this address; `usual`, where the practice has on record
    that they usually are; `withheld`, they would rather not say.
    """

    answer: Literal["here", "usual", "withheld"]
    address: Address | None = None
    """With `here`, in their own words."""
    country: Annotated[str, Meta(max_length=2)] | None = None
    """ISO 3166-1 alpha-2; not with `withheld`."""
    phone: Annotated[str, Meta(max_length=32)] | None = None
    """E.164; where they are reached if the connection fails."""


class OwnPlace(Resource):
    """GET place: what the patient is asked, and may confirm with one press."""

    answer: PlaceAnswer | None
    """What they have answered for this visit; none yet."""
    address: str | None
    country: str | None
    phone: str | None
    source: PlaceSource | None
    """None: nothing is known."""
    hidden: bool
    """There is a usual place on record. It is not told to whoever came by a link, before a provider
    has said that it is them; they may answer `usual` all the same.
    """
    countries: list[str]
    """All that can be chosen."""


class Place(Resource):
    """GET calls/{room_id}/place: where the patient said they are."""

    state: PlaceState
    address: str | None = None
    country: str | None = None
    phone: str | None = None
    stated_at: datetime | None = None
    by_link: bool = False
    """Said by whoever came by a link, of whom nobody had said yet that it is the patient."""


class ErasePlace(Request):
    """POST …/place/erase"""

    reason: Reason
