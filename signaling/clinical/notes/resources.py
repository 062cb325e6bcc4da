"""Notes as HTTP has them."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from signaling.kernel.resources import Request, Resource

MOST_CHARACTERS = 15_000
"""Some ten pages; written in any script, it fits into a request."""
# PostgreSQL stores no NUL, and UTF-8 has no half of a surrogate pair.
NoteText = Annotated[
    str, Meta(max_length=MOST_CHARACTERS, pattern="^[^\\x00\\ud800-\\udfff]*$(?!\\n)")
]


class WriteNote(Request):
    """What the note says from now on."""

    text: NoteText
    version: Annotated[int, Meta(ge=0)]
    """Of the text that this one was made from; 0: there was none."""


class Note(Resource):
    """The reader's own note on a call."""

    room_id: str
    text: str
    version: int
    """Counts up with each change; 0: nothing is written yet."""
    updated_at: datetime | None = None


class NoteEntry(Resource):
    """That there is one; what it says is read one at a time."""

    room_id: str
    characters: int
    updated_at: datetime


class NoteList(Resource):
    """The reader's own notes on one patient, newest first."""

    notes: list[NoteEntry]
