"""One RTP stream of a participant: packets in, frames with their capture times out."""

import logging

from relay.media import Codec
from relay.recording._recording import Placement, SenderClock, Timeline
from relay.recording.depacketize import Frame, SoundDepacketizer, VideoDepacketizer
from relay.recording.jitterbuffer import JitterBuffer, Ordered
from relay.recording.losses import Count
from relay.tap import Packet

KEYFRAME_RETRY = 1.0  # s
KEYFRAME_INTERVAL = 10.0
"""s; browsers send one only if asked, and seeking decodes everything from the last one."""

_COUNTED: tuple[Count, ...] = (
    "lost_packets",
    "late_packets",
    "unreadable_packets",
    "discarded_pictures",
)

_log = logging.getLogger(__name__)


class Stream:
    """One SSRC: packets in, frames with their capture times out."""

    def __init__(
        self, ssrc: int, codec: Codec, sender: SenderClock, round_trip: float | None = None
    ) -> None:
        self.ssrc = ssrc
        self.codec = codec
        self.timeline = Timeline(codec.clock_rate, sender)
        self.pictures = None if codec.name == "opus" else VideoDepacketizer(codec.name)
        self._depacketizer = self.pictures or SoundDepacketizer()
        self.last_arrival = self.last_keyframe = self.last_request = float("-inf")
        self._told = False
        self._jitter = JitterBuffer(round_trip)
        self._placement = Placement(self.timeline)
        self._told_counts = (0, 0, 0, 0)

    def add(self, sequence: int, packets: list[Packet]) -> list[tuple[Frame, float]]:
        """The frames that these packets complete,
        which are numbered from `sequence` on without a gap.
        """
        self.last_arrival = packets[-1][3]
        return self._frames(self._jitter.add(sequence, packets))

    def expire(self, now: float) -> list[tuple[Frame, float]]:
        """Those that need wait no longer for packets before them."""
        return self._frames(self._jitter.expire(now)) + self._placement.expire(now)

    def flush(self) -> list[tuple[Frame, float]]:
        """All that is left, at the end."""
        return self._frames(self._jitter.flush()) + self._placement.flush()

    def sender_report(
        self, ntp_time: int, rtp_timestamp: int, arrival: float
    ) -> list[tuple[Frame, float]]:
        """Those whose times become known by a report of the sender's clock."""
        timestamp = self.timeline.unwrap(rtp_timestamp)
        self.timeline.sender_report(ntp_time, timestamp, arrival)
        return self._placement.reported(timestamp)

    def round_trip(self, seconds: float | None) -> None:
        """To the sender and back: what is lost and asked for again takes at least that."""
        self._jitter.round_trip(seconds)

    def new_losses(self) -> dict[Count, int]:
        """What was counted since the last call; asked for with every packet,
        so the usual answer comes first.
        """
        jitter, read = self._jitter, self._depacketizer
        counts = jitter.lost, jitter.late, read.unreadable, read.discarded
        if counts == self._told_counts:
            return {}
        new = [now - before for now, before in zip(counts, self._told_counts, strict=True)]
        self._told_counts = counts
        return dict(zip(_COUNTED, new, strict=True))

    def wants_keyframe(self, now: float) -> bool:
        """Asks at most once in KEYFRAME_RETRY, and only a sender who sends."""
        if (
            self.pictures is None
            or now - self.last_request < KEYFRAME_RETRY
            or now - self.last_arrival > 1.0
        ):
            return False
        if not self.pictures.needs_keyframe and now - self.last_keyframe < KEYFRAME_INTERVAL:
            return False
        self.last_request = now
        return True

    def _frames(self, ready: list[Ordered]) -> list[tuple[Frame, float]]:
        frames: list[tuple[Frame, float]] = []
        for lost, packets in ready:
            if made := self._depacketizer.feed(lost, packets):
                frames += self._placement.add(made)
        if self._depacketizer.unreadable and not self._told:
            self._told = True
            _log.warning(
                "a %s payload cannot be read and is left out of the recording", self.codec.name
            )
        return frames
