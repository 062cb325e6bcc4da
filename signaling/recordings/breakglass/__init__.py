"""Access in an emergency: a provider opens a recording, and compliance reviews it afterwards."""

from signaling.recordings.breakglass.accesses import BreakGlass
from signaling.recordings.breakglass.reviews import Reviews

__all__ = ["BreakGlass", "Reviews"]
