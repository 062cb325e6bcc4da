"""Why the server closes a WebSocket, as PROTOCOL.md lists it.

After 4401 and 4403 a client does not come back.
"""

from enum import IntEnum


class Close(IntEnum):
    """Codes of RFC 6455 7.4.1, and private ones (4000-4999) that mirror the HTTP status they stand
    for.
    """

    GOING_AWAY = 1001
    TOO_MANY_BAD_MESSAGES = 1008
    MESSAGE_TOO_LARGE = 1009  # sent by aiohttp itself
    NOT_SIGNED_IN = 4401
    NOT_YOUR_SOCKET = 4403
    NOT_AUTHENTICATED_IN_TIME = 4408
    TOO_SLOW = 4413
    TOO_MANY_SOCKETS = 4429
