"""The chat of a call over HTTP."""

from typing import Annotated

from msgspec import Meta

from signaling.clinical.chat.messages import ChatEntry
from signaling.kernel.resources import Request, Resource
from signaling.kernel.words import FileType
from signaling.recordings.resources import Reason


class FilesTaken(Resource):
    """What can be sent in a chat beside words."""

    most_bytes: int
    """Of one file; 0: none are taken."""
    types: list[FileType]


class ChatHistory(Resource):
    """Messages in their order."""

    messages: list[ChatEntry]
    more: bool
    """There are some after these."""
    files: FilesTaken


class EraseChat(Request):
    """POST …/chat/erase"""

    reason: Reason


After = Annotated[int, Meta(ge=0, le=2**31 - 1)]
