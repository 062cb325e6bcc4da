"""How long a recording is kept: what holds it."""

from signaling.recordings.retention.holds import Holds

__all__ = ["Holds"]
