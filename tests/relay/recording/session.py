"""A participant's eleven seconds with everything that a network and a browser may do,
the same for a seed for ever.

Nothing is encoded, so that no encoder's version changes it: the frames are noise behind the headers
that are read.
"""

import random
import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from relay.media import Codec, Source
from tests.relay.recording.studio import Studio
from tests.relay.rtpsource import H264, OPUS, VP8, Sender, Sent, network

# 1280x720, High 4.0, as x264 writes it.
SPS = bytes.fromhex("67640028acd9405005bb0110000003001000000303c0f1832a")
PPS = bytes.fromhex("68ebecb22c")
# RFC 7741 4.2, of a first packet.
LAYOUTS = (b"\x10", b"\x90\x80\x05", b"\x90\xf0\x81\x23\x07\xe1", b"\x90\x20\x40")


class Leaves(NamedTuple):
    """A source ends."""

    time: float
    source: Source


def play(studio: Studio, seed: int) -> None:
    """The whole session, with a sender report each second."""
    events: list[Sent | Leaves] = [*_packets(seed), *_LEAVES]
    waiting: list[Sent] = []
    for event in sorted(events, key=lambda event: event.time):
        if isinstance(event, Sent):
            waiting.append(event)
            continue
        studio.run(waiting, reports=True)
        waiting = []
        studio.capture.source_ended(event.source)
    studio.run(waiting, until=12.0, reports=True)


_LEAVES = [Leaves(6.2, "screen"), Leaves(8.5, "microphone"), Leaves(8.6, "camera")]


def _packets(seed: int) -> list[Sent]:
    chance = random.Random(seed)
    streams = (
        _stream(chance, Sender("camera", VP8, 1), 0.3, 6.0, 15, _vp8),
        _stream(chance, Sender("camera", VP8, 11, sequence=100, base=7), 6.0, 8.0, 15, _vp8),
        _stream(chance, Sender("microphone", OPUS, 2), 0.0, 3.0, 50, _opus),
        _stream(chance, Sender("microphone", OPUS, 2, sequence=200), 4.5, 8.0, 50, _opus),
        _stream(chance, Sender("screen", H264, 3), 2.0, 6.0, 10, _h264),
        _stream(chance, Sender("camera", VP8, 21, sequence=9), 9.2, 11.0, 15, _vp8),
        _stream(chance, Sender("microphone", OPUS, 22, sequence=9), 9.0, 11.0, 50, _opus),
        _stream(chance, Sender("screen", Codec(45, "AV1", 90000), 31), 9.0, 9.2, 15, _vp8),
    )
    sent = [packet for stream in streams for packet in stream]
    return network(sent, seed, loss=0.01 if seed else 0.0, late=0.05, repeated=0.02)


Payloads = Callable[[random.Random, int], list[bytes]]


def _stream(
    chance: random.Random, sender: Sender, begin: float, end: float, rate: int, payloads: Payloads
) -> Iterator[Sent]:
    for number in range(round((end - begin) * rate)):
        at = begin + number / rate
        pieces = payloads(chance, number)
        for place, piece in enumerate(pieces):
            sent = sender.packet(piece, at, at + 0.0003 * place, marker=place == len(pieces) - 1)
            yield sent._replace(packet=_disguised(chance, sent.packet))
        if chance.random() < 0.02:  # a probe, which is all padding
            probe = sender.packet(bytes(19) + b"\x14", at, at + 0.005)
            yield probe._replace(packet=bytes([probe.packet[0] | 0x20]) + probe.packet[1:])


def _disguised(chance: random.Random, packet: bytes) -> bytes:
    """With contributing sources, a header extension or padding, or none of it."""
    kind = chance.randrange(5)
    first, head, payload = packet[0], packet[1:12], packet[12:]
    if kind == 1:
        return bytes([first | 0x10]) + head + bytes.fromhex("bede00022200000131000100") + payload
    if kind == 2:
        return bytes([first | 0x12]) + head + bytes(8) + bytes.fromhex("100000010501ab00") + payload
    if kind == 3:
        return bytes([first | 0x20]) + head + payload + b"\0\0\x03"
    return packet


def _noise(chance: random.Random, pieces: int) -> list[bytes]:
    return [chance.randbytes(chance.randrange(20, 300)) for _ in range(pieces)]


def _vp8(chance: random.Random, number: int) -> list[bytes]:
    """A keyframe every two seconds, each larger than the one before; now and then a payload
    that cannot be read.
    """
    pieces = _noise(chance, chance.randrange(1, 6))
    if number % 30 == 0:
        size = 320 + 16 * (number // 30), 180
        pieces[0] = b"\x10\x02\x00\x9d\x01\x2a" + struct.pack("<HH", *size) + pieces[0]
    else:
        pieces[0] = b"\x11\x02\x00" + pieces[0]
    first = chance.choice(LAYOUTS)
    rest = bytes([first[0] & ~0x10]) + first[1:]
    made = [(rest if place else first) + piece for place, piece in enumerate(pieces)]
    if chance.random() < 0.01:
        made[-1] = b"\x80"
    return made


def _h264(chance: random.Random, number: int) -> list[bytes]:
    kind = 5 if number % 10 == 0 else 1
    pieces = [piece[:-1] + b"\x80" for piece in _noise(chance, chance.randrange(2, 5))]
    # No NAL unit ends with a zero octet (ITU-T H.264 7.4.1); muxers may strip one (Annex B).
    fragments = [
        bytes([0x7C, kind | (0x80 if place == 0 else 0x40 if place == len(pieces) - 1 else 0)])
        + piece
        for place, piece in enumerate(pieces)
    ]
    if kind == 1:
        return [*fragments, b"\x41" + pieces[0]]
    sets = b"".join(struct.pack("!H", len(unit)) + unit for unit in (SPS, PPS))
    return [b"\x78" + sets, *fragments]


def _opus(chance: random.Random, number: int) -> list[bytes]:
    """20 ms each; some say that nothing is said, some cannot be read."""
    if number % 40 > 35:
        return [b"\x78"]
    if chance.random() < 0.01:
        return [b"\x7b\x00"]
    return [b"\x78" + chance.randbytes(chance.randrange(40, 120))]
