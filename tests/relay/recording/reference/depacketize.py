"""RTP payloads put together to frames: VP8 (RFC 7741), H.264 (RFC 6184), Opus (RFC 7587)."""

from collections.abc import Callable

from aiortc.codecs.h264 import H264PayloadDescriptor

from relay.recording.depacketize import MAX_PICTURE, MAX_PIECES, OPUS_RATE, Frame
from relay.tap import Packet
from tests.relay.recording.reference import annexb

MAX_OPUS_SAMPLES = OPUS_RATE * 120 // 1000  # RFC 6716 section 3.2


class VideoDepacketizer:
    """Whole frames of which every reference is there.

    A picture predicted from one that is missing is garbage until the next keyframe, so nothing
    comes out of here from a loss to the next keyframe.
    """

    def __init__(self, codec_name: str) -> None:
        self._read, self._is_keyframe = _VIDEO[codec_name]
        self._pieces: list[bytes] = []
        self._octets = 0
        self._whole = False  # the frame at hand began with its first packet
        self._timestamp = -1
        self._arrival = 0.0
        self.needs_keyframe = True
        self.unreadable = 0
        """Payloads that could not be read."""
        self.discarded = 0
        """Whole pictures that show nothing without one before them;
        before the first keyframe none is counted.
        """
        self._begun = self._gap = False

    def feed(self, lost: int, packets: list[Packet]) -> list[Frame]:
        """The frames that these packets complete, before which so many were lost."""
        frames = []
        if lost:
            self._lose()
        for timestamp, marker, payload, arrival in packets:
            if not payload:
                continue
            try:
                starts, piece = self._read(payload)
            except (ValueError, IndexError):
                self.unreadable += 1
                self._lose()
                continue
            if timestamp != self._timestamp:
                self._begin(timestamp, arrival, starts=starts)
            if (
                self._whole
                and self._take(piece)
                and marker
                and (frame := self._complete()) is not None
            ):
                frames.append(frame)
        return frames

    def _take(self, piece: bytes) -> bool:
        """Whether the picture is still one: a peer chooses how much it sends before it says
        that one ends.
        """
        self._octets += len(piece)
        if self._octets > MAX_PICTURE or len(self._pieces) >= MAX_PIECES:
            self.unreadable += 1 + len(self._pieces)
            self._lose()
            return False
        self._pieces.append(piece)
        return True

    def _begin(self, timestamp: int, arrival: float, *, starts: bool) -> None:
        if self._pieces:  # the frame before never saw its marker
            self._lose()
        self._timestamp, self._arrival, self._whole, self._octets = timestamp, arrival, starts, 0
        self.needs_keyframe |= not starts

    def _complete(self) -> Frame | None:
        data = b"".join(self._pieces)
        self._whole, self._pieces = False, []
        if not data:
            self.unreadable += 1
            self._lose()
            return None
        keyframe = self._is_keyframe(data)
        if self.needs_keyframe and not keyframe:
            self.discarded += self._begun
            return None
        gap, self._gap = self._gap, False
        self._begun, self.needs_keyframe = True, False
        return Frame(data, keyframe, self._timestamp, self._arrival, gap)

    def _lose(self) -> None:
        self._whole, self._pieces, self._gap = False, [], self._begun
        self.needs_keyframe = True


class SoundDepacketizer:
    """Opus: a packet is a frame, which needs none before it."""

    def __init__(self) -> None:
        self.unreadable = 0
        """Payloads of an impossible duration."""
        self.discarded = 0
        self._gap = False

    def feed(self, lost: int, packets: list[Packet]) -> list[Frame]:
        """The packets that can be played."""
        frames = []
        self._gap |= lost > 0
        for timestamp, _, payload, arrival in packets:
            if not payload:
                continue
            if 0 < opus_samples(payload) <= MAX_OPUS_SAMPLES:
                frames.append(Frame(payload, True, timestamp, arrival, self._gap))
                self._gap = False
            else:
                self.unreadable += 1
                self._gap = True
        return frames


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


def _vp8(payload: bytes) -> tuple[bool, bytes]:
    """RFC 7741 section 4.2. Raises ValueError or IndexError."""
    first, size = payload[0], 1
    if first & 0x80:
        # A long PictureID and no more.
        usual = payload[1] == 0x80 and payload[2] & 0x80 and len(payload) >= 4
        size = 4 if usual else _extended_vp8(payload)
    return first & 0x1F == 0x10, payload[size:]  # S, and no partition but the first


def _extended_vp8(payload: bytes) -> int:
    """How long the descriptor is."""
    flags, size = payload[1], 2
    if flags & 0x80:  # PictureID
        size += 2 if payload[2] & 0x80 else 1
    size += (flags >> 6 & 1) + (flags & 0x30 != 0)  # TL0PICIDX; TID, Y and KEYIDX share one
    if size > len(payload):
        raise ValueError("VP8 payload descriptor is truncated")
    return size


def _h264(payload: bytes) -> tuple[bool, bytes]:
    descriptor, piece = H264PayloadDescriptor.parse(payload)
    return descriptor.first_fragment, piece


def _vp8_keyframe(frame: bytes) -> bool:
    return len(frame) >= 10 and not frame[0] & 1


_VIDEO: dict[str, tuple[Callable[[bytes], tuple[bool, bytes]], Callable[[bytes], bool]]] = {
    "VP8": (_vp8, _vp8_keyframe),
    "H264": (_h264, annexb.is_keyframe),
}
