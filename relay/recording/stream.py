"""One RTP stream of a participant: packets in, frames with their capture times out."""

import logging
from collections import Counter

from relay.media import Codec
from relay.recording.depacketize import Frame, SoundDepacketizer, VideoDepacketizer
from relay.recording.jitterbuffer import JitterBuffer, Ordered
from relay.recording.losses import Count
from relay.recording.timeline import SenderClock, Timeline
from relay.tap import Packet

WAIT = 0.4  # s for a lost packet to be asked for and sent again, twice at a round trip of 200 ms
KEYFRAME_RETRY = 1.0  # s
KEYFRAME_INTERVAL = 10.0  # s; browsers send one only if asked, and seeking decodes everything from the last one

_log = logging.getLogger(__name__)


class Stream:
    """One SSRC: packets in, frames with their capture times out."""

    def __init__(self, ssrc: int, codec: Codec, sender: SenderClock) -> None:
        self.ssrc = ssrc
        self.codec = codec
        self.timeline = Timeline(codec.clock_rate, sender)
        self.pictures = None if codec.name == "opus" else VideoDepacketizer(codec.name)
        self._depacketizer = self.pictures or SoundDepacketizer()
        self.last_arrival = self.last_keyframe = self.last_request = float("-inf")
        self._told = False
        self._jitter = JitterBuffer(WAIT)
        self._told_counts: Counter[Count] = Counter()

    def add(self, sequence: int, packets: list[Packet]) -> list[tuple[Frame, float]]:
        """The frames that these packets complete, which are numbered from `sequence` on without a gap."""
        self.last_arrival = packets[-1][3]
        return self._frames(self._jitter.add(sequence, packets))

    def expire(self, now: float) -> list[tuple[Frame, float]]:
        """Those that need wait no longer for packets before them."""
        return self._frames(self._jitter.expire(now))

    def flush(self) -> list[tuple[Frame, float]]:
        """All that is left, at the end."""
        return self._frames(self._jitter.flush())

    def new_losses(self) -> Counter[Count]:
        """What was counted since the last call."""
        jitter, read = self._jitter, self._depacketizer
        counts: Counter[Count] = Counter(
            {
                "lost_packets": jitter.lost,
                "late_packets": jitter.late,
                "unreadable_packets": read.unreadable,
                "discarded_pictures": read.discarded,
            }
        )
        new = counts - self._told_counts
        self._told_counts = counts
        return new

    def wants_keyframe(self, now: float) -> bool:
        """Asks at most once in KEYFRAME_RETRY, and only a sender who sends."""
        if self.pictures is None or now - self.last_request < KEYFRAME_RETRY or now - self.last_arrival > 1.0:
            return False
        if not self.pictures.needs_keyframe and now - self.last_keyframe < KEYFRAME_INTERVAL:
            return False
        self.last_request = now
        return True

    def _frames(self, ready: list[Ordered]) -> list[tuple[Frame, float]]:
        place = self.timeline.place
        frames = [
            (frame, place(frame.timestamp, frame.arrival))
            for lost, packets in ready
            for frame in self._depacketizer.feed(lost, packets)
        ]
        if self._depacketizer.unreadable and not self._told:
            self._told = True
            _log.warning("a %s payload cannot be read and is left out of the recording", self.codec.name)
        return frames
