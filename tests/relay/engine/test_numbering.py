"""Senders that start their numbers over, streams that are refused;
both forwarders must treat them alike.
"""

import os
import random
import struct
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest

from relay.engine import Engine
from relay.engine.forwarder import EngineForwarder
from relay.media import Condition, Slot, Uplink
from relay.transport.dtls import SrtpKeys
from tests.relay.engine.pair import HEARD_PACKET, Browser, Pair, rtcp
from tests.relay.engine.traffic import OPUS, UPLINK_EXTENSIONS, Sender, vp8
from tests.support.rtp import RtpPacket
from tests.support.sequence import FIRST_CYCLE, SequenceNumbers

SOUND, PICTURE = 2000, 1000
"""SSRCs."""
RESTARTS = [(1000, 34500), (200, 65000), (5000, 9000)]
"""The last number before, and the first one after."""


class Room:
    """Alice, whom Bob receives and a tap hears."""

    def __init__(self) -> None:
        self.pair = Pair(1)
        self.now = 100.0
        self.alice = self.pair.add()
        self.bob = Sender(1, self.pair.add(), random.Random(1))
        sound = Uplink("0", "audio", "microphone", (OPUS,), UPLINK_EXTENSIONS, SOUND)
        picture = Uplink(
            "1", "video", "camera", (vp8(96),), UPLINK_EXTENSIONS, PICTURE, PICTURE + 1
        )
        self.pair.negotiate(self.alice.key, (sound, picture), ())
        slots = self.bob.slots(1)
        self.pair.negotiate(self.bob.key, (), slots)
        for slot, uplink in zip(slots, "01", strict=True):
            self.pair.route(self.bob.key, slot.mid, self.alice.key, uplink)
        self.pair.tap(self.alice.key)

    def send(
        self,
        ssrc: int,
        numbers: Iterable[int],
        payload_type: int | None = None,
        by: Browser | None = None,
    ) -> list[RtpPacket]:
        """What Bob gets of packets with these numbers, all of them keyframes, 20 ms apart."""
        kind = payload_type or (111 if ssrc == SOUND else 96)
        received = []
        for number in numbers:
            self.now += 0.02
            head = struct.pack(
                "!BBHII", 0x80, kind, number & 0xFFFF, 960 * number & 0xFFFFFFFF, ssrc
            )
            datagram = (by or self.alice).sends.protect(head + b"\x10\x00" + b"%d" % number)
            received += self._received(self.pair.receive(self.alice.key, datagram, self.now))
            self.pair.tick(self.now)
        return received

    def _received(self, sent: list[tuple[int, bytes]]) -> list[RtpPacket]:
        plain = [self.bob.browser.plain(datagram) for key, datagram in sent if key == self.bob.key]
        return [RtpPacket(data) for data in plain if data is not None]

    def ask_again(self, packet: RtpPacket) -> list[RtpPacket]:
        """What Bob gets for a NACK of it."""
        nack = rtcp(205, 1, struct.pack("!IIHH", 1, packet.ssrc, packet.sequence, 0))
        return self._received(
            self.pair.receive(self.bob.key, self.bob.browser.sends.protect_rtcp(nack), self.now)
        )

    def heard(self) -> list[bytes]:
        """The payloads that the tap has got."""
        return [event[6][2:] for event in self._events()]

    def steps(self) -> list[int]:
        """Of the numbers that the tap has got, by how much each one is further
        than the one before.
        """
        return [second[3] - first[3] for first, second in pairwise(self._events())]

    def _events(self) -> list[tuple[Any, ...]]:
        self.pair.same_state()
        return [
            event
            for event in self.pair.heard[self.alice.key][1].events
            if len(event) == HEARD_PACKET
        ]

    def quality(self) -> Condition | None:
        """Of Alice."""
        self.pair.same_state()
        judgement = self.pair.native.quality(self.alice.key)
        return judgement.condition if judgement else None


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.mark.parametrize("ssrc", [SOUND, PICTURE])
@pytest.mark.parametrize(("last", "first"), RESTARTS)
def test_numbers_that_start_over_go_on_for_all_who_use_them(
    room: Room, ssrc: int, last: int, first: int
) -> None:
    before, after = range(last - 20, last + 1), range(first, first + 200)
    received = room.send(ssrc, before) + room.send(ssrc, after)
    # The first one after is only believed by the second.
    expected = [b"%d" % number for number in (*before, *after[1:])]
    assert [packet.payload[2:] for packet in received] == expected
    assert {(new.sequence - old.sequence) & 0xFFFF for old, new in pairwise(received)} == {1}
    assert room.heard() == expected
    assert {*room.steps()} == {1, room.steps()[20]}
    assert room.steps()[20] > 65536
    assert room.pair.native.dropped == {"out_of_sequence": 1}
    assert room.quality() in (None, "excellent", "good")


def test_what_came_after_a_new_start_is_sent_again(room: Room) -> None:
    room.send(PICTURE, range(990, 1001))
    received = room.send(PICTURE, range(34500, 34520))
    (again,) = room.ask_again(received[-3])
    assert again.payload.endswith(received[-3].payload[2:])


def test_a_number_that_strays_disturbs_nothing() -> None:
    """SRTP lets none through today; other uses of numbers have no SRTP before them."""
    numbers = SequenceNumbers()
    extended = [
        numbers.extend(number)[0] for number in (5000, 5001, 34500, 5002, 34501, 65000, 5003)
    ]
    assert extended == [
        FIRST_CYCLE + 5000,
        FIRST_CYCLE + 5001,
        None,
        FIRST_CYCLE + 5002,
        None,
        None,
        FIRST_CYCLE + 5003,
    ]


def test_a_restart_that_srtp_refuses_is_no_excellent_connection(room: Room) -> None:
    room.send(SOUND, range(5000, 5100))
    assert room.quality() == "excellent"
    secrets = room.alice.secrets
    _, sends = SrtpKeys(secrets.profile, receive=secrets.send, send=secrets.receive).sessions()
    room.send(SOUND, range(1000, 1200), by=Browser(0, sends, sends, secrets))
    assert room.pair.native.dropped["srtp_replayed"] == 200
    assert room.quality() == "poor"


def test_a_stream_in_a_format_that_was_not_agreed_is_no_excellent_connection(room: Room) -> None:
    room.send(SOUND, range(5000, 5200))
    room.send(PICTURE, range(200), payload_type=120)
    assert room.pair.native.dropped == {"payload_type": 200}
    assert room.quality() == "poor"


def test_a_stream_of_nobody_is_no_excellent_connection(room: Room) -> None:
    for number in range(200):
        room.send(SOUND, [5000 + number])
        room.send(777, [number], payload_type=120)
    assert room.quality() == "poor"
    room.send(SOUND, range(5200, 5400))
    assert room.quality() == "excellent"


def test_a_stream_under_other_keys_is_no_excellent_connection(room: Room) -> None:
    secret = os.urandom(44)
    _, sends = SrtpKeys("SRTP_AEAD_AES_256_GCM", receive=secret, send=secret).sessions()
    stranger = Browser(0, sends, sends, room.alice.secrets)
    for number in range(200):
        room.send(SOUND, [5000 + number])
        room.send(PICTURE, [number], by=stranger)
    assert room.pair.native.dropped == {"srtp_refused": 200}
    assert room.quality() == "poor"


def test_a_subscriber_who_comes_back_after_a_long_silence_gets_media_at_once() -> None:
    """40,000 packets without an address: numbers that had gone on would be refused by SRTP
    until they wrap.
    """
    room = Room()
    engine, address = room.pair.engine, ("127.0.0.1", 9)

    def send(numbers: Iterable[int]) -> int:
        """How many of these reach Bob and can be read."""
        readable = 0
        for number in numbers:
            room.now += 0.02
            head = struct.pack(
                "!BBHII", 0x80, 111, number & 0xFFFF, 960 * number & 0xFFFFFFFF, SOUND
            )
            sent = engine.receive(
                room.alice.key, room.alice.sends.protect(head + b"sound"), room.now
            )
            readable += sum(room.bob.browser.plain(datagram) is not None for key, datagram in sent)
        return readable

    engine.direct(room.bob.key, address)
    assert send(range(1000, 1100)) == 100
    engine.direct(room.bob.key, None)
    assert send(range(1100, 41_100)) == 0
    engine.direct(room.bob.key, address)
    assert send(range(41_100, 41_200)) == 100


def test_slots_that_a_connection_has_are_negotiated_again_when_no_more_can_be_numbered() -> None:
    forwarder = EngineForwarder(Engine(-1, 3e9, 2_500_000), random.Random(1))
    peer = forwarder.add()
    slots = [Slot(str(number), "audio", (OPUS,), {}, 1000 + number, None) for number in range(65)]
    for some in (slots[:32], slots[32:64], slots[:32], slots[16:48]):
        forwarder.negotiate(peer, (), some)
    with pytest.raises(ValueError, match="at most 32 slots a peer, 64 in all its time"):
        forwarder.negotiate(peer, (), slots[33:])
    forwarder.negotiate(peer, (), slots[32:64])
