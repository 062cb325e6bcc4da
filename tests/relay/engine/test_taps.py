"""What the engine hands to the recorder: runs of packets, which hold what was sent, in order."""

import os
import random
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from bench.process import resident_bytes
from relay.engine import Engine
from relay.engine.forwarder import EngineForwarder
from relay.media import Codec, Source, Uplink
from relay.tap import Packet
from relay.transport.dtls import SrtpKeys
from tests.relay.engine.pair import EPOCH, MAX_BITRATE_BPS, rtcp
from tests.support.rtp import build, extension_element
from tests.support.sequence import FIRST_CYCLE

OPUS = Codec(111, "opus", 48000, 2)
VP8 = Codec(96, "VP8", 90000)
UPLINKS = (
    Uplink("0", "audio", "microphone", (OPUS,), {}, ssrc=2),
    Uplink("1", "video", "camera", (VP8,), {}, ssrc=1),
)
REPORTED = 0.1  # s, when every RTCP packet arrives
PLACES = 1024  # for runs, in the drain


class Runs:
    """A tap that writes down its calls."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def rtp(
        self, source: Source, codec: Codec, ssrc: int, sequence: int, packets: list[Packet]
    ) -> None:
        self.calls.append(
            (
                source,
                codec.name,
                ssrc,
                sequence - FIRST_CYCLE,
                [payload for _, _, payload, _ in packets],
            )
        )

    def sender_report(
        self, source: Source, ntp_time: int, rtp_timestamp: int, arrival: float
    ) -> None:
        assert arrival == REPORTED
        self.calls.append((source, ntp_time, rtp_timestamp))

    def lost(self, source: Source, packets: int) -> None:
        self.calls.append((source, packets))

    def source_ended(self, source: Source) -> None:
        self.calls.append((source,))


class Publisher:
    """A peer, and the tap that hears it."""

    def __init__(self, room: "Room") -> None:
        self._room = room
        secret = os.urandom(44)
        keys = SrtpKeys("SRTP_AEAD_AES_256_GCM", receive=secret, send=secret)
        self._receives, self._sends = keys.sessions()
        self.heard = Runs()
        self.key = room.forwarder.add()
        room.forwarder.secure(self.key, *keys.sessions())
        room.forwarder.negotiate(self.key, UPLINKS, ())
        room.forwarder.tap(self.key, (self.heard,))

    def send(self, sequence: int, *, ssrc: int = 2, padding: bytes = b"") -> None:
        """The payload is the number. Every packet has a header extension."""
        head = (111 if ssrc == 2 else 0x80 | 96, sequence & 0xFFFF, sequence, ssrc)
        payload = b"%d" % sequence + padding
        plain = build(
            head, extension_element(9, b"abc"), payload, padding_bit=0x20 if padding else 0
        )
        self._room.engine.receive(self.key, self._sends.protect(plain), sequence / 100)

    def hang_up(self) -> None:
        self._room.forwarder.disconnected(self.key)

    def untap(self) -> None:
        self._room.forwarder.tap(self.key, ())

    def asked_for_keyframe(self, now: float) -> bool:
        """Of the camera, by the next tick (RFC 4585 6.3.1)."""
        told = [
            self._receives.unprotect_rtcp(data)
            for key, data in self._room.engine.tick(now)
            if key == self.key
        ]
        return any(rtcp(206, 1, bytes(8))[:4] in compound for compound in told)

    def send_rtcp(self, packet: bytes) -> None:
        self._room.engine.receive(self.key, self._sends.protect_rtcp(packet), REPORTED)


class Room:
    """An engine without a socket."""

    def __init__(self, taps_bytes: int = 1 << 28) -> None:
        self.engine = Engine(-1, EPOCH, MAX_BITRATE_BPS, taps_bytes)
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


def test_a_gap_and_a_late_packet_end_a_run_and_another_source_does_not(room: Room) -> None:
    publisher = Publisher(room)
    for sequence in (10, 11, 13, 12, 14):
        publisher.send(sequence)
    publisher.send(15)
    publisher.send(15, ssrc=1)
    publisher.send(16)
    room.forwarder.dispatch()
    assert publisher.heard.calls == [
        ("microphone", "opus", 2, 10, payloads(10, 11)),
        ("microphone", "opus", 2, 13, payloads(13)),
        ("microphone", "opus", 2, 12, payloads(12)),
        ("microphone", "opus", 2, 14, payloads(14, 15, 16)),
        ("camera", "VP8", 1, 15, payloads(15)),
    ]


def test_reports_and_ends_keep_their_place(room: Room) -> None:
    publisher = Publisher(room)
    report = rtcp(
        200,
        0,
        (2).to_bytes(4, "big") + (5 << 32).to_bytes(8, "big") + (77).to_bytes(4, "big") + bytes(8),
    )
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


def test_sources_that_share_a_place_in_the_drain_lose_nothing(room: Room) -> None:
    """Their runs are shorter, and that is all."""
    everybody = [Publisher(room) for _ in range(PLACES // len(UPLINKS) + 1)]
    publishers = [everybody[0], everybody[-1], everybody[1]]
    for sequence in range(10, 16):
        for publisher in publishers:
            publisher.send(sequence)
    room.forwarder.dispatch()
    heard = [[call[4] for call in publisher.heard.calls] for publisher in publishers]
    for runs in heard:
        assert [payload for run in runs for payload in run] == payloads(*range(10, 16))
    assert [len(runs) for runs in heard] == [6, 6, 1]


class Hasty:
    """An engine whose thread takes packets between an answer and what the forwarder does next."""

    def __init__(self, engine: Engine, meanwhile: Callable[[], None]) -> None:
        self._engine, self._meanwhile = engine, meanwhile

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)

    def negotiate(self, *arguments: Any, **keywords: Any) -> None:
        self._engine.negotiate(*arguments, **keywords)
        self._meanwhile()


def test_what_comes_at_once_of_a_source_that_was_just_agreed_is_recorded(room: Room) -> None:
    publisher = Publisher(room)
    publisher.send(10)
    room.forwarder._engine = cast("Engine", Hasty(room.engine, lambda: publisher.send(11)))
    renewed = Uplink("0", "audio", "microphone", (OPUS, Codec(9, "G722", 8000)), {}, ssrc=2)
    room.forwarder.negotiate(publisher.key, (renewed, UPLINKS[1]), ())
    publisher.send(12)
    room.forwarder.dispatch()
    assert [call for call in publisher.heard.calls if len(call) > 1] == [
        ("microphone", "opus", 2, 10, payloads(10)),
        ("microphone", "opus", 2, 11, payloads(11)),
        ("microphone", "opus", 2, 12, payloads(12)),
    ]
    assert len(room.forwarder._sources) == 2, "of what is gone nothing is kept"


TIGHT = 1 << 16  # octets: room for 600 of these packets
MANY = 2000


def test_what_did_not_fit_is_told_in_its_place_and_a_keyframe_is_asked_for() -> None:
    """Once, and not before the next packet fits again."""
    room = Room(TIGHT)
    publisher = Publisher(room)
    for sequence in range(MANY):
        publisher.send(sequence, ssrc=1)
    assert not publisher.asked_for_keyframe(MANY / 100)
    room.forwarder.dispatch()
    publisher.send(MANY, ssrc=1)
    assert publisher.asked_for_keyframe(MANY / 100 + 0.025)
    assert not publisher.asked_for_keyframe(MANY / 100 + 5)
    room.forwarder.dispatch()
    (*_, first), lost, (*_, last) = publisher.heard.calls
    assert lost == ("camera", MANY - len(first))
    assert last == payloads(MANY)
    assert room.engine.counters()["dropped"]["recorder_too_slow"] == MANY - len(first)
    room.engine.close()


def test_an_end_is_told_though_packets_do_not_fit() -> None:
    room = Room(TIGHT)
    publisher = Publisher(room)
    for sequence in range(MANY):
        publisher.send(sequence, ssrc=1)
    publisher.hang_up()
    (*_, packets), lost, end = publisher.heard.calls
    assert (lost, end) == (("camera", MANY - len(packets)), ("camera",))
    room.engine.close()


def test_the_last_loss_is_told_when_the_tap_goes() -> None:
    room = Room(TIGHT)
    publisher = Publisher(room)
    for sequence in range(MANY):
        publisher.send(sequence, ssrc=1)
    publisher.untap()
    (*_, packets), lost = publisher.heard.calls
    assert lost == ("camera", MANY - len(packets))
    room.engine.close()


def test_what_one_source_lost_is_not_told_of_another() -> None:
    room = Room(TIGHT)
    loud, quiet = Publisher(room), Publisher(room)
    for sequence in range(MANY):
        loud.send(sequence, ssrc=1)
    room.forwarder.dispatch()
    quiet.send(1, ssrc=1)
    loud.send(MANY, ssrc=1)
    room.forwarder.dispatch()
    assert quiet.heard.calls == [("camera", "VP8", 1, 1, payloads(1))]
    assert len(loud.heard.calls) == 3
    room.engine.close()


SECONDS = 3.0  # for which the event loop may stand still at 2.5 Mbit/s
FULL = 1200 * b"x"


def test_there_is_room_for_seconds_of_everybody_who_is_recorded(room: Room) -> None:
    """It grows with those who are tapped, and what waited before is still there."""
    publisher = Publisher(room)
    publisher.send(0)
    for number in range(19):
        room.engine.tap(room.engine.add(number), True)
    count = round(20 * SECONDS * MAX_BITRATE_BPS / 8 / len(FULL))
    for sequence in range(1, count):
        publisher.send(sequence, padding=FULL + b"\0\0\1")
    room.forwarder.dispatch()
    assert [len(call[4]) for call in publisher.heard.calls] == [count]
    assert "recorder_too_slow" not in room.engine.counters()["dropped"]


def test_a_room_for_taps_that_is_not_needed_any_more_is_given_back(room: Room) -> None:
    publisher = Publisher(room)
    publisher.send(1)
    publisher.untap()
    assert publisher.heard.calls == [("microphone", "opus", 2, 1, payloads(1))]
    publisher.heard.calls.clear()
    room.forwarder.tap(publisher.key, (publisher.heard,))
    for lap in range(300):
        publisher.send(2 + lap, padding=FULL + b"\0\0\1")
        room.forwarder.dispatch()
    assert len(publisher.heard.calls) == 300


def test_a_recorder_that_keeps_up_costs_little_memory_however_many_are_recorded(room: Room) -> None:
    """64 MiB are there for 64 people; while nobody is late only the front of it is ever used."""
    publisher = Publisher(room)
    for number in range(63):
        room.engine.tap(room.engine.add(number), True)
    before = resident_bytes(os.getpid())
    for sequence in range(20_000):
        publisher.send(sequence, padding=FULL + b"\0\0\1")
        if sequence % 100 == 0:
            room.forwarder.dispatch()
            publisher.heard.calls.clear()
    assert resident_bytes(os.getpid()) - before < 8 << 20
