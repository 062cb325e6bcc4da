"""What recorders have written and could not write, counted for operators over all recordings."""

from collections import Counter
from dataclasses import dataclass, field

from relay.media import Source
from relay.recording.losses import Count


@dataclass
class Recorded:
    """Since the start; only ever rises."""

    frames: Counter[Source] = field(default_factory=Counter)
    """Pictures and packets of sound that were handed to a file."""
    lost_packets: Counter[Source] = field(default_factory=Counter)
    """RTP packets that came and were thrown away because the event loop was too late for them."""
    losses: Counter[str] = field(default_factory=Counter)
    """What the parts lack (see relay.recording.losses), by what it is."""

    def tell(self, what: Count, number: int) -> None:
        """A part lacks so many more of them."""
        self.losses[what] += number
