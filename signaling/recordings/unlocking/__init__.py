"""Who may open a recording: the one gate before its media, and the approval by a second person."""

from signaling.recordings.unlocking.gate import Gate, LetIn
from signaling.recordings.unlocking.unlocks import Unlocks

__all__ = ["Gate", "LetIn", "Unlocks"]
