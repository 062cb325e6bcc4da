"""What may be erased: one pure rule, whoever asks."""

from signaling.kernel.errors import Conflict
from signaling.kernel.words import ErasureBasis, RecordingState


def require_erasable(state: RecordingState, holds: int, basis: ErasureBasis) -> None:
    """Of a recording in that state with so many active holds, as of one moment. What is still being
    written, only a withdrawal erases: the call has ended it, and its last parts are being closed.

    It is asked in the transaction that destroys the key, which has locked the recording, by
    `Eraser.erase` alone. Raises Conflict.
    """
    if state == "erased":
        raise Conflict("recording_erased")
    if holds:
        raise Conflict("recording_on_hold", holds=holds)
    if state == "recording" and basis != "withdrawal":
        raise Conflict("recording_running")
