"""What recorders have written and could not write, counted for operators over all recordings."""

from collections import Counter
from dataclasses import dataclass, field

from relay.media import Source


@dataclass
class Recorded:
    """Since the start; only ever rises."""

    frames: Counter[Source] = field(default_factory=Counter)
    """Pictures and packets of sound that were handed to a file."""
    lost_packets: Counter[Source] = field(default_factory=Counter)
    """RTP packets that came and were thrown away because the event loop was too late for them."""
