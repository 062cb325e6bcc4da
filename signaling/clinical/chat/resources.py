"""The chat of a call over HTTP."""

from typing import Annotated

from msgspec import Meta

from signaling.clinical.chat.messages import ChatEntry
from signaling.kernel.resources import Request, Resource
from signaling.recordings.resources import Reason


class ChatHistory(Resource):
    """Messages in their order."""

    messages: list[ChatEntry]
    more: bool
    """There are some after these."""


class EraseChat(Request):
    """POST …/chat/erase"""

    reason: Reason


After = Annotated[int, Meta(ge=0, le=2**31 - 1)]
