"""Access to recordings: each one is in the audit log before its first byte."""

from signaling.recordings.playback.playbacks import Playbacks
from signaling.recordings.playback.sealed import SealedPlaybacks
from signaling.recordings.playback.stills import Stills

__all__ = ["Playbacks", "SealedPlaybacks", "Stills"]
