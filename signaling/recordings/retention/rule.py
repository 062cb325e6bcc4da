"""What may be erased: one pure rule, whoever asks."""

from signaling.kernel.errors import Conflict
from signaling.kernel.words import RecordingState


def require_erasable(state: RecordingState, holds: int) -> None:
    """Of a recording in that state with so many active holds, as of one moment.

    It is asked in the transaction that destroys the key, which has locked the recording, by
    `Eraser.erase` alone. Raises Conflict.
    """
    if state == "erased":
        raise Conflict("recording_erased")
    if holds:
        raise Conflict("recording_on_hold", holds=holds)
    if state == "recording":
        raise Conflict("recording_running")
