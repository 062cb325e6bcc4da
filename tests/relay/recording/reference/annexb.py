"""What `annexb.c` does with each frame of an H.264 byte stream (ITU-T H.264 Annex B)."""

from relay.recording.h264 import units

IDR = 5


def is_keyframe(frame: bytes) -> bool:
    return any(unit[0] & 0x1F == IDR for unit in units(frame))


def with_lengths(frame: bytes) -> bytes:
    """With the length of each unit before it instead of a start code, as files have it."""
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units(frame))
