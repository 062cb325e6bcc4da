"""When a publisher is asked for a keyframe, and how one is recognised."""

from tests.relay.reference.vp8 import parse

MINIMUM_INTERVAL = 0.5
"""Seconds between two requests for one track: a keyframe is 5 to 10 times the size of other frames, and several
subscribers that join or lose packets together are all served by one."""


class KeyframeRequests:
    """Throttles the requests for one track; what comes too early is kept until `due`."""

    def __init__(self) -> None:
        self._asked_at = float("-inf")
        self.wanted = False
        self.sent = 0

    def want(self) -> None:
        """Somebody needs a keyframe."""
        self.wanted = True

    def arrived(self) -> None:
        """A keyframe came; it serves everybody who waited."""
        self.wanted = False

    def due(self, now: float) -> bool:
        """True when a request is to be sent now; counted as sent."""
        if not self.wanted or now - self._asked_at < MINIMUM_INTERVAL:
            return False
        self._asked_at, self.wanted = now, False
        self.sent += 1
        return True


def starts_keyframe(codec: str, payload: bytes) -> bool:
    """Whether this RTP payload begins a frame that decodes on its own. True for codecs without such frames."""
    if codec == "VP8":
        return _vp8_keyframe(payload)
    if codec == "H264":
        return _h264_keyframe(payload)
    return True


def _vp8_keyframe(payload: bytes) -> bool:
    """RFC 7741 4.2: start of partition 0 (S=1, PID=0), then the frame tag whose lowest bit is 0 for keyframes."""
    descriptor = parse(payload)
    return descriptor is not None and payload[0] & 0x17 == 0x10 and not payload[descriptor.frame] & 0x01


_SPS, _IDR, _STAP_A, _FU_A = 7, 5, 24, 28


def _h264_keyframe(payload: bytes) -> bool:
    """RFC 6184 5.4: a parameter set or IDR slice alone, first in a STAP-A, or begun by an FU-A."""
    if len(payload) < 2:
        return False
    unit = payload[0] & 0x1F
    if unit == _STAP_A:
        return len(payload) > 3 and payload[3] & 0x1F in (_SPS, _IDR)
    if unit == _FU_A:
        return bool(payload[1] & 0x80) and payload[1] & 0x1F in (_SPS, _IDR)
    return unit in (_SPS, _IDR)
