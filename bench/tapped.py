"""What a recorder hears, through the real engine: the packets of two-party calls at 720p,
without a socket.
"""

import os
import random
import struct
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from relay.engine import Engine
from relay.engine.forwarder import EngineForwarder
from relay.media import Codec, Source, Uplink
from relay.tap import Tap
from relay.transport.dtls import SrtpKeys

VP8 = Codec(96, "VP8", 90000)
OPUS = Codec(111, "opus", 48000, 2)
PACKETS_A_FRAME = 5
FRAME_RATE = 30
SOUND_RATE = 50
PACKET_RATE = PACKETS_A_FRAME * FRAME_RATE + SOUND_RATE
"""A participant's, a second."""
PAYLOAD = 1050  # octets; 1.3 Mbit/s of video
SOUND = 80  # octets; 32 kbit/s
KEYFRAME = b"\x10\x02\x00\x9d\x01\x2a" + struct.pack("<HH", 1280, 720)
INTERFRAME = b"\x11\x02\x00"
KEYFRAME_EVERY = 10 * FRAME_RATE
BATCH = 0.1  # s between two times that the engine hands over what it has
# With a PictureID, as browsers send it: first packet, others.
_DESCRIPTOR = (b"\x90\x80\xff\xff", b"\x80\x80\xff\xff")
_BEGIN = 10.0  # s on the clock of the packets
_UPLINKS = (
    Uplink("0", "audio", "microphone", (OPUS,), {}, ssrc=2),
    Uplink("1", "video", "camera", (VP8,), {}, ssrc=1),
)


class Datagram(NamedTuple):
    """One SRTP packet on its way."""

    time: float
    data: bytes


class Turn(NamedTuple):
    """One time that the engine's packets were handed over."""

    now: float
    cpu: float
    """Seconds of the event loop's thread."""


class Room:
    """Participants in the engine, all of whom send the same; a recorder's room."""

    def __init__(self, keys: SrtpKeys, participants: int) -> None:
        self._engine = Engine(-1, 3e9, 2_500_000)
        self._forwarder = EngineForwarder(self._engine, random.Random(1))
        self.peers = {str(number): self._join(keys) for number in range(participants)}
        self.taps: list[Tap] = []

    def _join(self, keys: SrtpKeys) -> int:
        key = self._forwarder.add()
        self._forwarder.secure(key, *keys.sessions())
        self._forwarder.negotiate(key, _UPLINKS, ())
        return key

    def tap(self, participant_id: str, tap: Tap) -> None:
        self.taps.append(tap)
        self._forwarder.tap(self.peers[participant_id], (tap,))

    def untap(self, participant_id: str, tap: Tap) -> None:
        self.taps.remove(tap)
        self._forwarder.tap(self.peers[participant_id], ())

    def round_trip(self, participant_id: str) -> float | None:  # noqa: ARG002
        """Nobody measures it."""
        return None

    def request_keyframe(self, participant_id: str, source: Source) -> None:
        pass

    def hear(self, media: list[Datagram], also: Callable[[float], None]) -> Iterator[Turn]:
        """Let the packets in and hand them over every BATCH; `also` is what else is to be done
        and counted then.
        """
        now = _BEGIN
        for datagram in media:
            if datagram.time >= now + BATCH:
                now = datagram.time
                begin = time.thread_time()
                self._forwarder.dispatch()
                also(now)
                yield Turn(now, time.thread_time() - begin)
            for peer in self.peers.values():
                self._engine.receive(peer, datagram.data, datagram.time)

    def close(self) -> None:
        self._engine.close()


def new_keys() -> SrtpKeys:
    """Those of a participant, as both sides have them."""
    secret = os.urandom(44)
    return SrtpKeys("SRTP_AEAD_AES_256_GCM", receive=secret, send=secret)


def media(keys: SrtpKeys, seconds: float) -> list[Datagram]:
    """One participant's packets in order, with a header extension as browsers send it."""
    _, sender = keys.sessions()
    plain = sorted([*_video(seconds), *_sound(seconds)])
    return [Datagram(packet.time, sender.protect(packet.data)) for packet in plain]


def _video(seconds: float) -> Iterator[Datagram]:
    noise = random.Random(1).randbytes(PAYLOAD)
    for number in range(round(seconds * FRAME_RATE)):
        first = INTERFRAME if number % KEYFRAME_EVERY else KEYFRAME
        for piece in range(PACKETS_A_FRAME):
            payload = (
                _DESCRIPTOR[1] + noise if piece else _DESCRIPTOR[0] + first + noise[len(first) :]
            )
            marker = 0x80 if piece == PACKETS_A_FRAME - 1 else 0
            head = 96 | marker, number * PACKETS_A_FRAME + piece, number * 3000, 1
            yield Datagram(_BEGIN + number / FRAME_RATE + piece * 0.0005, _rtp(head, payload))


def _sound(seconds: float) -> Iterator[Datagram]:
    noise = random.Random(2).randbytes(SOUND)
    for number in range(round(seconds * SOUND_RATE)):
        yield Datagram(
            _BEGIN + number / SOUND_RATE, _rtp((111, number, number * 960, 2), b"\x78" + noise)
        )


def _rtp(head: tuple[int, int, int, int], payload: bytes) -> bytes:
    kind, sequence, timestamp, ssrc = head
    extensions = bytes.fromhex("bede0003220000003100014031000000")
    return (
        struct.pack("!BBHII", 0x90, kind, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
        + extensions
        + payload
    )
