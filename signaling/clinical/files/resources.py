"""Files of a chat over HTTP."""

from signaling.clinical.chat.messages import ChatEntry
from signaling.kernel.resources import Request, Resource
from signaling.recordings.resources import Reason


class SentFile(Resource):
    """It is kept, and everybody in the call sees it."""

    message: ChatEntry


class EraseFile(Request):
    """POST …/chat/files/{file_id}/erase"""

    reason: Reason
