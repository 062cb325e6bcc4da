"""How long a recording is kept: by which policy, what holds it, and how it is erased."""

from signaling.recordings.retention.eraser import Eraser
from signaling.recordings.retention.erasures import Erasures
from signaling.recordings.retention.holds import Holds
from signaling.recordings.retention.sweep import Sweep
from signaling.recordings.retention.withdrawals import Withdrawals

__all__ = ["Eraser", "Erasures", "Holds", "Sweep", "Withdrawals"]
