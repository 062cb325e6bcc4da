"""The VP8 payload descriptor (RFC 7741 4.2)."""

from typing import NamedTuple

_EXTENDED, _HAS_PICTURE_ID, _HAS_TL0, _HAS_LAYER, _HAS_KEY = 0x80, 0x80, 0x40, 0x20, 0x10
LONG = 0x80
"""Of a picture id of 15 bits."""


class Descriptor(NamedTuple):
    """Offsets in the payload; 0: not there."""

    picture_id: int
    long_picture_id: bool
    """15 bits instead of 7."""
    tl0: int
    key: int
    frame: int


def parse(payload: bytes) -> Descriptor | None:
    """None if it has no end in the payload."""
    if len(payload) < 2 or not payload[0] & _EXTENDED:
        return Descriptor(0, False, 0, 0, 1) if len(payload) > 1 else None
    flags, at, picture_id, tl0, key, long = payload[1], 2, 0, 0, 0, False
    if flags & _HAS_PICTURE_ID:
        long = payload[at : at + 1] >= bytes([LONG])
        picture_id, at = at, at + (2 if long else 1)
    if flags & _HAS_TL0:
        tl0, at = at, at + 1
    if flags & (_HAS_LAYER | _HAS_KEY):  # TID, Y and KEYIDX share an octet
        key, at = at if flags & _HAS_KEY else 0, at + 1
    return Descriptor(picture_id, long, tl0, key, at) if len(payload) > at else None
