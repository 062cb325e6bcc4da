"""The numbers of VP8 payload descriptors as a subscriber gets them.

Every layer and every publisher counts its pictures from a random number on. A browser looks up what
a picture refers to by TL0PICIDX among the last 50: where it jumps back, it finds pictures of the
stream before, and shows nothing until it asks for a keyframe after three seconds (measured with
Chromium and Firefox). So numbers go on by one.
"""

from tests.support.vp8 import LONG, parse


class Counter:
    """One number that each stream begins anew, made to go on."""

    def __init__(self) -> None:
        self._newest: int | None = None
        self._shift = 0
        self._begins = False

    def begin(self) -> None:
        """Another stream's number comes next."""
        self._begins = True

    def next(self, number: int, mask: int) -> int:
        """The number to send; `mask` is that of the field's bits. It may come late or again."""
        if self._begins and self._newest is not None:
            self._shift = self._newest + 1 - number
        self._begins = False
        if self._newest is None:
            self._newest = number
        ahead = (number + self._shift - self._newest) & mask
        if ahead <= mask // 2:
            self._newest += ahead
        return (number + self._shift) & mask


class PictureNumbers:
    """Those of one slot."""

    def __init__(self) -> None:
        self._picture_id, self._tl0, self._key = Counter(), Counter(), Counter()

    def begin(self) -> None:
        """Another stream takes over with the next payload, a keyframe's first."""
        for counter in (self._picture_id, self._tl0, self._key):
            counter.begin()

    def rewrite(self, payload: bytes) -> bytes:
        """A payload of the current stream; it may come late or again."""
        has = parse(payload)
        if has is None:
            return payload
        out = bytearray(payload)
        if has.picture_id and has.long_picture_id:
            at = slice(has.picture_id, has.picture_id + 2)
            number = self._picture_id.next(int.from_bytes(payload[at], "big") & 0x7FFF, 0x7FFF)
            out[at] = (LONG << 8 | number).to_bytes(2, "big")
        elif has.picture_id:
            out[has.picture_id] = self._picture_id.next(payload[has.picture_id], 0x7F)
        if has.tl0:
            out[has.tl0] = self._tl0.next(payload[has.tl0], 0xFF)
        if has.key:
            out[has.key] = payload[has.key] & 0xE0 | self._key.next(payload[has.key] & 0x1F, 0x1F)
        return bytes(out)
