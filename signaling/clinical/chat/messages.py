"""The chat of a call on the WebSocket."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from signaling.kernel.messages import Message, RoomId

MOST_CHARACTERS = 4000
ClientId = Annotated[str, Meta(min_length=8, max_length=64, pattern="^[A-Za-z0-9_-]+$(?!\\n)")]
ChatText = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=MOST_CHARACTERS,
        # Something to read; PostgreSQL stores no NUL, and UTF-8 no half of a surrogate pair.
        pattern="^[^\\x00\\ud800-\\udfff]*[^\\s\\x00\\ud800-\\udfff]"
        "[^\\x00\\ud800-\\udfff]*$(?!\\n)",
    ),
]


class ChatFile(Struct, kw_only=True):
    """A file that was sent with a message."""

    file_id: str
    name: str | None
    """None: it is erased, damaged on the server, or its key cannot be had at present."""
    media_type: str
    """As its content has it."""
    size_bytes: int
    erased: bool = False


class ChatEntry(Struct, kw_only=True):
    """One message, as everybody sees it."""

    number: int
    """Its place in the chat, from 1 on."""
    client_id: str
    """That its author's page gave it."""
    author_id: str
    author_name: str
    text: str | None
    """None: it is damaged on the server. Of a file there is none, and it is empty."""
    file: ChatFile | None = None
    sent_at: datetime


class ChatSend(Message, tag="chat_send"):
    """Write to everybody in the call. With the same `client_id` it is the same message."""

    room_id: RoomId
    client_id: ClientId
    text: ChatText


class ChatMessage(Message, tag="chat_message"):
    """Somebody in the call has written; to whoever wrote it, that it is kept."""

    room_id: str
    message: ChatEntry


class ChatErased(Message, tag="chat_erased"):
    """What was written in the call was erased for good, and nothing more can be written."""

    room_id: str


class ChatFileErased(Message, tag="chat_file_erased"):
    """A file of the call's chat was erased for good."""

    room_id: str
    file_id: str
