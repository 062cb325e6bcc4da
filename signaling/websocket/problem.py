"""Errors over a WebSocket: an `error` message, with the same words as over HTTP."""

from signaling import problems
from signaling.kernel.errors import DomainError
from signaling.websocket.messages import ErrorMessage


def message(
    error: DomainError,
    in_reply_to: str | None,
    room_id: str | None = None,
    client_id: str | None = None,
) -> ErrorMessage:
    """For the message of that `type`, if it told one."""
    return ErrorMessage(
        title=problems.title(error),
        detail=problems.detail(error),
        code=error.code,
        reason=error.reason,
        parameters=problems.parameters(error),
        in_reply_to=in_reply_to,
        room_id=room_id,
        client_id=client_id,
    )
