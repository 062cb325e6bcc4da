"""Recording: the rule when, what captures a call, and where it is kept."""

from signaling.recordings.recordings import Recordings

__all__ = ["Recordings"]
