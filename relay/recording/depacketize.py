"""RTP payloads put together to frames: VP8 (RFC 7741), H.264 (RFC 6184), Opus (RFC 7587)."""

from collections.abc import Callable
from typing import NamedTuple

from aiortc.codecs.h264 import H264PayloadDescriptor
from aiortc.codecs.vpx import VpxPayloadDescriptor

from relay.recording import h264
from relay.recording.jitterbuffer import Packet

OPUS_RATE = 48000
SILENCE = b"\xf8\xff\xfe"
"""One Opus frame of 20 ms: CELT, full band, mono, nothing coded."""
SILENCE_SAMPLES = OPUS_RATE // 50


class Frame(NamedTuple):
    """One encoded picture."""

    data: bytes
    keyframe: bool
    timestamp: int
    arrival: float
    """Of its first packet."""


class VideoDepacketizer:
    """Whole frames of which every reference is there.

    A picture predicted from one that is missing is garbage until the next keyframe, so nothing comes out of here
    from a loss to the next keyframe.
    """

    def __init__(self, codec_name: str) -> None:
        self._payload, self._is_keyframe = _VIDEO[codec_name]
        self._pieces: list[bytes] = []
        self._first: Packet | None = None
        self._timestamp = -1
        self.needs_keyframe = True

    def feed(self, packet: Packet, lost: int) -> Frame | None:
        """The frame that this packet completes; raises ValueError if its payload cannot be read."""
        if lost:
            self._lose()
        if not packet.payload:
            return None
        try:
            starts, piece = self._payload(packet.payload)
        except ValueError:
            self._lose()
            raise
        if packet.timestamp != self._timestamp:
            self._begin(packet, starts)
        if self._first is None:
            return None
        self._pieces.append(piece)
        return self._complete() if packet.marker else None

    def _begin(self, packet: Packet, starts: bool) -> None:
        if self._pieces:  # the frame before never saw its marker
            self._lose()
        self._timestamp = packet.timestamp
        self._first = packet if starts else None
        self.needs_keyframe |= not starts

    def _complete(self) -> Frame | None:
        first, data = self._first, b"".join(self._pieces)
        self._first, self._pieces = None, []
        keyframe = self._is_keyframe(data)
        if first is None or (self.needs_keyframe and not keyframe):
            return None
        self.needs_keyframe = False
        return Frame(data, keyframe, first.timestamp, first.arrival)

    def _lose(self) -> None:
        self._first, self._pieces = None, []
        self.needs_keyframe = True


def opus_samples(payload: bytes) -> int:
    """How long an Opus packet plays, in samples at 48 kHz (RFC 6716 section 3.1)."""
    configuration, code = payload[0] >> 3, payload[0] & 3
    if configuration < 12:
        samples = (480, 960, 1920, 2880)[configuration % 4]
    elif configuration < 16:
        samples = (480, 960)[configuration % 2]
    else:
        samples = (120, 240, 480, 960)[configuration % 4]
    frames = (1, 2, 2, payload[1] & 0x3F if len(payload) > 1 else 1)[code]
    return samples * frames


def picture_size(codec_name: str, keyframe: bytes) -> tuple[int, int]:
    """Width and height that a keyframe tells; raises ValueError if it does not."""
    if codec_name == "H264":
        return h264.picture_size(keyframe)
    if len(keyframe) < 10 or keyframe[3:6] != b"\x9d\x01\x2a":
        raise ValueError("not a VP8 keyframe")
    return (  # RFC 6386 section 9.1; the two highest bits are a hint how to scale
        int.from_bytes(keyframe[6:8], "little") & 0x3FFF,
        int.from_bytes(keyframe[8:10], "little") & 0x3FFF,
    )


def _vp8(payload: bytes) -> tuple[bool, bytes]:
    descriptor, piece = VpxPayloadDescriptor.parse(payload)
    return descriptor.partition_start == 1 and descriptor.partition_id == 0, piece


def _h264(payload: bytes) -> tuple[bool, bytes]:
    descriptor, piece = H264PayloadDescriptor.parse(payload)
    return descriptor.first_fragment, piece


def _vp8_keyframe(frame: bytes) -> bool:
    return len(frame) >= 10 and not frame[0] & 1


_VIDEO: dict[str, tuple[Callable[[bytes], tuple[bool, bytes]], Callable[[bytes], bool]]] = {
    "VP8": (_vp8, _vp8_keyframe),
    "H264": (_h264, h264.is_keyframe),
}
