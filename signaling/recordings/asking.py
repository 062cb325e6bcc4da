"""Whether people may be asked in mid-call to be recorded: who said no is not pressed. Pure."""

from signaling.kernel.errors import Conflict

MOST_REFUSALS = 2
PAUSE_SECONDS = 60.0


def require_may_ask(*, pending: bool, refusals: int, since_refusal: float | None) -> None:
    """Raises Conflict while a question stands, soon after a no, and after the last no that counts.

    `since_refusal` is in seconds; none if nobody has refused.
    """
    if pending:
        raise Conflict("recording_asked", reason="pending")
    if refusals >= MOST_REFUSALS:
        raise Conflict("recording_asked", reason="refused")
    if since_refusal is not None and since_refusal < PAUSE_SECONDS:
        left = PAUSE_SECONDS - since_refusal
        raise Conflict("recording_asked", reason="lately", retry_after=left)
