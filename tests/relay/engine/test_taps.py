"""What the engine hands to the recorder: runs of packets, which hold what was sent, in order."""

import os
import random
from collections.abc import Iterator
from typing import Any

import pytest

from relay.engine import Engine
from relay.engine.forwarder import EngineForwarder
from relay.media import Codec, Source, Uplink
from relay.tap import Packet
from relay.transport.dtls import SrtpKeys
from tests.relay.engine.pair import EPOCH, MAX_BITRATE_BPS, rtcp
from tests.relay.reference.rtp import build, extension_element
from tests.relay.reference.sequence import FIRST_CYCLE

OPUS = Codec(111, "opus", 48000, 2)
VP8 = Codec(96, "VP8", 90000)
UPLINKS = (
    Uplink("0", "audio", "microphone", (OPUS,), {}, ssrc=2),
    Uplink("1", "video", "camera", (VP8,), {}, ssrc=1),
)
REPORTED = 0.1  # s, when every RTCP packet arrives
PLACES = 512  # for runs, in the drain


class Runs:
    """A tap that writes down its calls."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def rtp(self, source: Source, codec: Codec, ssrc: int, sequence: int, packets: list[Packet]) -> None:
        self.calls.append(
            (source, codec.name, ssrc, sequence - FIRST_CYCLE, [payload for _, _, payload, _ in packets])
        )

    def sender_report(self, source: Source, ntp_time: int, rtp_timestamp: int, arrival: float) -> None:
        assert arrival == REPORTED
        self.calls.append((source, ntp_time, rtp_timestamp))

    def source_ended(self, source: Source) -> None:
        self.calls.append((source,))


class Publisher:
    """A peer, and the tap that hears it."""

    def __init__(self, room: "Room", key: int | None = None) -> None:
        self._room = room
        secret = os.urandom(44)
        keys = SrtpKeys("SRTP_AEAD_AES_256_GCM", receive=secret, send=secret)
        _, self._sends = keys.sessions()
        self.heard = Runs()
        self._key = room.forwarder.add() if key is None else key
        room.forwarder.secure(self._key, *keys.sessions())
        room.forwarder.negotiate(self._key, UPLINKS, ())
        room.forwarder.tap(self._key, (self.heard,))

    def send(self, sequence: int, *, ssrc: int = 2, padding: bytes = b"") -> None:
        """The payload is the number. Every packet has a header extension."""
        head = (111 if ssrc == 2 else 0x80 | 96, sequence & 0xFFFF, sequence, ssrc)
        payload = b"%d" % sequence + padding
        plain = build(head, extension_element(9, b"abc"), payload, padding_bit=0x20 if padding else 0)
        self._room.engine.receive(self._key, self._sends.protect(plain), sequence / 100)

    def send_rtcp(self, packet: bytes) -> None:
        self._room.engine.receive(self._key, self._sends.protect_rtcp(packet), REPORTED)


class Room:
    """An engine without a socket."""

    def __init__(self) -> None:
        self.engine = Engine(-1, EPOCH, MAX_BITRATE_BPS)
        self.forwarder = EngineForwarder(self.engine, random.Random(1))


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room()
    yield room
    room.engine.close()


def payloads(*numbers: int) -> list[bytes]:
    return [b"%d" % number for number in numbers]


def test_packets_without_a_gap_are_one_run(room: Room) -> None:
    publisher = Publisher(room)
    for sequence in (65534, 65535, 65536, 65537):
        publisher.send(sequence)
    room.forwarder.dispatch()
    publisher.send(65538)
    room.forwarder.dispatch()
    assert publisher.heard.calls == [
        ("microphone", "opus", 2, 65534, payloads(65534, 65535, 65536, 65537)),
        ("microphone", "opus", 2, 65538, payloads(65538)),
    ]


def test_a_gap_a_late_packet_and_another_source_end_a_run(room: Room) -> None:
    publisher = Publisher(room)
    for sequence in (10, 11, 13, 12, 14):
        publisher.send(sequence)
    publisher.send(15, ssrc=1)
    publisher.send(15)
    room.forwarder.dispatch()
    assert publisher.heard.calls == [
        ("microphone", "opus", 2, 10, payloads(10, 11)),
        ("microphone", "opus", 2, 13, payloads(13)),
        ("microphone", "opus", 2, 12, payloads(12)),
        ("microphone", "opus", 2, 14, payloads(14)),
        ("camera", "VP8", 1, 15, payloads(15)),
        ("microphone", "opus", 2, 15, payloads(15)),
    ]


def test_reports_and_ends_keep_their_place(room: Room) -> None:
    publisher = Publisher(room)
    report = rtcp(200, 0, (2).to_bytes(4, "big") + (5 << 32).to_bytes(8, "big") + (77).to_bytes(4, "big") + bytes(8))
    publisher.send(10)
    publisher.send_rtcp(report)
    publisher.send(11)
    publisher.send_rtcp(rtcp(203, 1, (2).to_bytes(4, "big")))
    publisher.send(12)
    room.forwarder.dispatch()
    assert publisher.heard.calls == [
        ("microphone", "opus", 2, 10, payloads(10)),
        ("microphone", 5 << 32, 77),
        ("microphone", "opus", 2, 11, payloads(11)),
        ("microphone",),
        ("microphone", "opus", 2, 12, payloads(12)),
    ]


def test_padding_is_no_payload(room: Room) -> None:
    publisher = Publisher(room)
    publisher.send(10, padding=b"\0\0\3")
    publisher.send(11, padding=b"\0\7")  # with the number, more than there is
    room.forwarder.dispatch()
    assert publisher.heard.calls == [("microphone", "opus", 2, 10, [b"10", b""])]


def test_peers_who_share_a_place_in_the_drain_lose_nothing(room: Room) -> None:
    """Their runs are shorter, and that is all."""
    keys = [room.forwarder.add() for _ in range(2 * PLACES)]
    early, late = next((key, key + PLACES) for key in keys[1:] if key + PLACES in keys)
    publishers = [Publisher(room, key) for key in (early, late, keys[0])]
    for sequence in range(10, 16):
        for publisher in publishers:
            publisher.send(sequence)
    room.forwarder.dispatch()
    heard = [[call[4] for call in publisher.heard.calls] for publisher in publishers]
    for runs in heard:
        assert [payload for run in runs for payload in run] == payloads(*range(10, 16))
    assert [len(runs) for runs in heard] == [6, 6, 1]
