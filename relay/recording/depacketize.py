"""RTP payloads put together to frames: VP8 (RFC 7741), H.264 (RFC 6184), Opus (RFC 7587).

What is done with each packet is in picture.c and opus.h; its readable twin is in
tests/relay/recording/reference.
"""

from relay.recording import h264
from relay.recording._recording import (
    MAX_PICTURE,
    MAX_PIECES,
    OPUS_RATE,
    Frame,
    SoundDepacketizer,
    VideoDepacketizer,
    opus_samples,
)

__all__ = [
    "MAX_PICTURE",
    "MAX_PIECES",
    "OPUS_RATE",
    "SILENCE",
    "SILENCE_SAMPLES",
    "Frame",
    "SoundDepacketizer",
    "VideoDepacketizer",
    "opus_samples",
    "picture_size",
]

SILENCE = b"\xf8\xff\xfe"
"""One Opus frame of 20 ms: CELT, full band, mono, nothing coded."""
SILENCE_SAMPLES = OPUS_RATE // 50


def picture_size(codec_name: str, keyframe: bytes) -> tuple[int, int]:
    """Width and height that a keyframe tells; raises ValueError if it does not."""
    if codec_name == "H264":
        return h264.picture_size(keyframe)
    if len(keyframe) < 10 or keyframe[3:6] != b"\x9d\x01\x2a":
        raise ValueError("not a VP8 keyframe")
    width, height = (  # RFC 6386 section 9.1; the two highest bits are a hint how to scale
        int.from_bytes(keyframe[6:8], "little") & 0x3FFF,
        int.from_bytes(keyframe[8:10], "little") & 0x3FFF,
    )
    if not width or not height:
        raise ValueError("a VP8 keyframe of no size")
    return width, height
