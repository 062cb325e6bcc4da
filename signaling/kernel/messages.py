"""What every WebSocket message is made of."""

from typing import Annotated

from msgspec import Meta, Struct

MAX_MESSAGE_BYTES = 64 * 1024  # a Chromium offer with every codec and six m-lines is about 20 kB
# Python's $ also stands before a last newline. PostgreSQL stores no NUL, and no database half a
# surrogate pair.
LINE = "^[^\\x00-\\x1f\\x7f\\ud800-\\udfff]+$(?!\\n)"
"""One line of text."""
RoomId = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[A-Za-z0-9_-]+$(?!\\n)")]
UserId = Annotated[str, Meta(min_length=1, max_length=128, pattern=LINE)]
UserName = Annotated[str, Meta(min_length=1, max_length=200, pattern=LINE)]
"""As others see it."""


class Message(Struct, tag_field="type", forbid_unknown_fields=True, kw_only=True):
    """What every WebSocket message is: a JSON object with a `type`."""
