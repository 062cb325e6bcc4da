"""Access to recordings: each one is in the audit log before its first byte."""

from signaling.recordings.playback.playbacks import Playbacks
from signaling.recordings.playback.response import respond

__all__ = ["Playbacks", "respond"]
