"""What is said live about who may open a recording."""

from signaling.kernel.messages import Message
from signaling.recordings.unlocking.resources import RecordingUnlock


class RecordingUnlockChanged(Message, tag="recording_unlock"):
    """To everybody who may answer: somebody asks to open a recording, or what became of it."""

    unlock: RecordingUnlock
