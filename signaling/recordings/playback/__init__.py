"""Access to recordings: each one is in the audit log before its first byte."""

from signaling.recordings.playback.playbacks import Playbacks

__all__ = ["Playbacks"]
