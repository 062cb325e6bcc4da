"""How long a recording is kept: what holds it, and how it is erased."""

from signaling.recordings.retention.eraser import Eraser
from signaling.recordings.retention.erasures import Erasures
from signaling.recordings.retention.holds import Holds

__all__ = ["Eraser", "Erasures", "Holds"]
