"""How a payload that starts a keyframe is recognised."""

from tests.support.vp8 import parse


def starts_keyframe(codec: str, payload: bytes) -> bool:
    """Whether this RTP payload begins a frame that decodes on its own.

    True for codecs without such frames.
    """
    if codec == "VP8":
        return _vp8_keyframe(payload)
    if codec == "H264":
        return _h264_keyframe(payload)
    return True


def _vp8_keyframe(payload: bytes) -> bool:
    """RFC 7741 4.2: start of partition 0 (S=1, PID=0),
    then the frame tag whose lowest bit is 0 for keyframes.
    """
    descriptor = parse(payload)
    return (
        descriptor is not None
        and payload[0] & 0x17 == 0x10
        and not payload[descriptor.frame] & 0x01
    )


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
