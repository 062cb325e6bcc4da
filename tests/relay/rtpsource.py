"""Real encoded media as RTP packets, and a seeded network that loses, reorders and repeats them."""

import random
import struct
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache
from typing import NamedTuple

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.video.codeccontext import VideoCodecContext

from relay.media import Codec, Source
from relay.tap import Packet
from tests.support.rtp import RtpPacket

VP8 = Codec(96, "VP8", 90000)
H264 = Codec(102, "H264", 90000)
OPUS = Codec(111, "opus", 48000, 2)
FRAME_RATE = 30
MTU = 300  # so that even small pictures take several packets


class Encoded(NamedTuple):
    data: bytes
    keyframe: bool


class Sent(NamedTuple):
    """One packet on its way, or arrived."""

    time: float
    source: Source
    codec: Codec
    packet: bytes


def packets(sent: Sent) -> tuple[int, int, list[Packet]]:
    """SSRC, sequence number and the packet, as a tap hears of them."""
    rtp = RtpPacket(sent.packet)
    return rtp.ssrc, rtp.sequence, [(rtp.timestamp, bool(rtp.marker), rtp.payload, sent.time)]


@cache
def pictures(
    codec: str, count: int, size: tuple[int, int] = (160, 120), keyframe_every: int = 3000
) -> list[Encoded]:
    """A bar that moves over a texture that brightens, 30 pictures a second."""
    encoder = av.CodecContext.create({"VP8": "libvpx", "H264": "libx264"}[codec], "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.thread_count = 1  # pictures this small wait for threads longer than one takes
    encoder.width, encoder.height = size
    encoder.pix_fmt, encoder.bit_rate, encoder.gop_size = "yuv420p", 400_000, keyframe_every
    encoder.time_base, encoder.framerate = Fraction(1, FRAME_RATE), Fraction(FRAME_RATE)
    if codec == "VP8":
        # a positive cpu-used would let the speed of this machine decide what comes out
        encoder.options = {"deadline": "realtime", "cpu-used": "-8", "lag-in-frames": "0"}
    else:
        encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline"}
    encoded = []
    for number in range(count):
        frame = av.VideoFrame.from_ndarray(_picture(number, size), "rgb24")
        frame.pts = number
        encoded += [Encoded(bytes(packet), packet.is_keyframe) for packet in encoder.encode(frame)]
    return encoded


@cache
def tone(count: int) -> list[bytes]:
    """Opus packets of 20 ms of a 440 Hz tone."""
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, AudioCodecContext)
    encoder.sample_rate, encoder.bit_rate = 48000, 32000
    encoder.layout, encoder.format = "mono", "s16"
    wave = (8000 * np.sin(np.arange(960 * count) * 2 * np.pi * 440 / 48000)).astype(np.int16)
    packets = []
    for number in range(count):
        frame = av.AudioFrame.from_ndarray(
            wave[None, 960 * number : 960 * (number + 1)], "s16", "mono"
        )
        frame.sample_rate, frame.pts = 48000, 960 * number
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return packets


class Sender:
    """One SSRC; numbers begin where they wrap soon."""

    def __init__(
        self,
        source: Source,
        codec: Codec,
        ssrc: int = 1,
        *,
        sequence: int = 65500,
        base: int = 2**32 - 9000,
    ):
        self.source, self.codec, self.ssrc, self.base = source, codec, ssrc, base
        self.sequence = sequence

    def timestamp(self, time: float) -> int:
        """The RTP clock at `time` since the sender began."""
        return (self.base + round(time * self.codec.clock_rate)) & 0xFFFFFFFF

    def frame(self, data: bytes, captured: float, sent: float | None = None) -> list[Sent]:
        payloads = list(payloads_of(self.codec.name, data))
        at = captured if sent is None else sent
        return [
            self.packet(payload, captured, at + 0.0002 * number, marker=number == len(payloads) - 1)
            for number, payload in enumerate(payloads)
        ]

    def packet(self, payload: bytes, captured: float, sent: float, *, marker: bool = False) -> Sent:
        second = self.codec.payload_type | (0x80 if marker else 0)
        header = struct.pack(
            "!BBHII", 0x80, second, self.sequence, self.timestamp(captured), self.ssrc
        )
        self.sequence = (self.sequence + 1) & 0xFFFF
        return Sent(sent, self.source, self.codec, header + payload)


def payloads_of(codec: str, data: bytes) -> Iterator[bytes]:
    """RFC 7741, RFC 6184 (single NAL units and FU-A), RFC 7587."""
    if codec == "opus":
        yield data
    elif codec == "VP8":
        for start in range(0, len(data), MTU):
            yield (b"\x00" if start else b"\x10") + data[start : start + MTU]
    else:
        for unit in data.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")[1:]:
            yield from _nal_payloads(unit)


def _nal_payloads(unit: bytes) -> Iterator[bytes]:
    if len(unit) <= MTU:
        yield unit
        return
    for start in range(1, len(unit), MTU):
        flags = (0x80 if start == 1 else 0) | (0x40 if start + MTU >= len(unit) else 0)
        yield bytes([unit[0] & 0xE0 | 28, flags | unit[0] & 0x1F]) + unit[start : start + MTU]


def camera(
    seconds: float, codec: Codec = VP8, *, begin: float = 0.0, ssrc: int = 1, **options: int
) -> list[Sent]:
    """A camera from `begin` on, captured and sent at once."""
    sender = Sender("camera", codec, ssrc)
    encoded = pictures(codec.name, round(seconds * FRAME_RATE), **options)
    return [
        sent
        for number, (data, _) in enumerate(encoded)
        for sent in sender.frame(data, begin + number / FRAME_RATE)
    ]


def microphone(seconds: float, *, begin: float = 0.0, ssrc: int = 2) -> list[Sent]:
    """A microphone from `begin` on; a packet is sent when its 20 ms are over."""
    sender = Sender("microphone", OPUS, ssrc)
    return [
        sent
        for number, data in enumerate(tone(round(seconds * 50)))
        for sent in sender.frame(data, begin + number * 0.02, begin + (number + 1) * 0.02)
    ]


def network(
    sent: Iterable[Sent],
    seed: int,
    *,
    loss: float = 0.0,
    repeated: float = 0.0,
    late: float = 0.0,
    delay: float = 0.02,
) -> list[Sent]:
    """What arrives, in order of arrival: `late` of the packets take 50 to 200 ms more."""
    chance = random.Random(seed)
    arrived = []
    for packet in sent:
        if chance.random() < loss:
            continue
        extra = chance.uniform(0.05, 0.2) if chance.random() < late else chance.uniform(0, 0.002)
        arrived.append(packet._replace(time=packet.time + delay + extra))
        if chance.random() < repeated:
            arrived.append(packet._replace(time=packet.time + delay + extra + 0.01))
    return sorted(arrived, key=lambda packet: packet.time)


def _picture(
    number: int, size: tuple[int, int]
) -> "np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]":
    width, height = size
    picture = np.full((height, width, 3), 40 + number % 160, np.uint8)
    picture[: height // 2 : 3, ::5] = 200  # texture, so that a keyframe fills several packets
    left = number * 4 % (width - 16)
    picture[:, left : left + 16] = 255
    return picture
