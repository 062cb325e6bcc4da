"""One RTP stream of a participant: packets in, frames with their capture times out."""

import logging

from relay.media import Codec
from relay.recording.depacketize import OPUS_RATE, Frame, VideoDepacketizer, opus_samples
from relay.recording.jitterbuffer import JitterBuffer, Ordered, Packet
from relay.recording.timeline import SenderClock, Timeline

WAIT = 0.4  # s for a lost packet to be asked for and sent again, twice at a round trip of 200 ms
KEYFRAME_RETRY = 1.0  # s
KEYFRAME_INTERVAL = 10.0  # s; browsers send one only if asked, and seeking decodes everything from the last one
MAX_OPUS_SAMPLES = OPUS_RATE * 120 // 1000  # RFC 6716 section 3.2

_log = logging.getLogger(__name__)


class Stream:
    """One SSRC: packets in, frames with their capture times out."""

    def __init__(self, ssrc: int, codec: Codec, sender: SenderClock) -> None:
        self.ssrc = ssrc
        self.codec = codec
        self.timeline = Timeline(codec.clock_rate, sender)
        self.pictures = None if codec.name == "opus" else VideoDepacketizer(codec.name)
        self.last_arrival = self.last_keyframe = self.last_request = float("-inf")
        self.malformed = 0
        self._jitter = JitterBuffer(WAIT)

    def add(self, packet: Packet) -> list[tuple[Frame, float]]:
        """The frames that this packet completes."""
        self.last_arrival = packet.arrival
        return self._frames(self._jitter.add(packet))

    def expire(self, now: float) -> list[tuple[Frame, float]]:
        """Those that need wait no longer for packets before them."""
        return self._frames(self._jitter.expire(now))

    def flush(self) -> list[tuple[Frame, float]]:
        """All that is left, at the end."""
        return self._frames(self._jitter.flush())

    def wants_keyframe(self, now: float) -> bool:
        """Asks at most once in KEYFRAME_RETRY, and only a sender who sends."""
        if self.pictures is None or now - self.last_request < KEYFRAME_RETRY or now - self.last_arrival > 1.0:
            return False
        if not self.pictures.needs_keyframe and now - self.last_keyframe < KEYFRAME_INTERVAL:
            return False
        self.last_request = now
        return True

    def _frames(self, ready: list[Ordered]) -> list[tuple[Frame, float]]:
        frames = []
        for packet, lost in ready:
            try:
                frame = self._depacketize(packet, lost)
            except ValueError:
                self.malformed += 1
                if self.malformed == 1:
                    _log.warning("a %s payload cannot be read and is left out of the recording", self.codec.name)
                continue
            if frame is not None:
                time = self.timeline.capture_time(self.timeline.unwrap(frame.timestamp), frame.arrival)
                frames.append((frame, time))
        return frames

    def _depacketize(self, packet: Packet, lost: int) -> Frame | None:
        if self.pictures is not None:
            return self.pictures.feed(packet, lost)
        if not packet.payload:
            return None
        if not 0 < opus_samples(packet.payload) <= MAX_OPUS_SAMPLES:
            raise ValueError("Opus packet of an impossible duration")
        return Frame(packet.payload, True, packet.timestamp, packet.arrival)
