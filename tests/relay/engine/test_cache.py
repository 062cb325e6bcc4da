"""What is kept to be sent again; both forwarders must keep the same."""

import random
import struct

import pytest

from tests.relay.engine.pair import Pair, rtcp
from tests.relay.engine.traffic import Sender
from tests.relay.reference.packet_cache import BLOCK, BLOCKS, BLOCKS_KEPT, KEEP, SIZE

PAYLOAD = 1100
IN_BLOCK = BLOCK // (PAYLOAD + 12)
SENT = BLOCKS * IN_BLOCK + 20
"""More than fit, though fewer than may be kept by number."""
assert SENT < SIZE


class Room:
    """Alice's camera, and Bob who has received `sent` packets of it,
    one each `interval` seconds.
    """

    def __init__(self, sent: int = SENT, interval: float = 0.001) -> None:
        self._interval = interval
        self._end = sent * interval
        self.pair = Pair(1)
        self.alice, self.bob = (Sender(i, self.pair.add(), random.Random(i)) for i in range(2))
        for sender in (self.alice, self.bob):
            self.pair.negotiate(sender.key, sender.uplinks(), sender.slots(1))
        self.pair.route(self.bob.key, self.bob.slots(1)[1].mid, self.alice.key, "1")
        self.received = [self._send(number) for number in range(sent)]

    def _send(self, number: int) -> bytes:
        codec = self.alice.codec
        frame = b"\x10\x00" if codec.name == "VP8" else b"\x65\x00"
        head = struct.pack(
            "!BBHII", 0x80, codec.payload_type, 100 + number, 3000 * number, self.alice.ssrcs[1]
        )
        datagram = self.alice.protect(head + frame + number.to_bytes(2) + bytes(PAYLOAD - 4))
        assert datagram is not None
        sent = [
            item
            for item in self.pair.receive(self.alice.key, datagram, now=number * self._interval)
            if item[0] == self.bob.key
        ]
        return self._opened(sent[0][1])

    def _opened(self, datagram: bytes) -> bytes:
        plain = self.bob.browser.plain(datagram)
        assert plain is not None
        return plain

    def asked_again(self, packet: bytes) -> list[bytes]:
        """What Bob gets for a NACK of it."""
        nack = rtcp(
            205,
            1,
            struct.pack("!II", 1, *struct.unpack("!I", packet[8:12])) + packet[2:4] + bytes(2),
        )
        datagram = self.bob.protect_rtcp(nack)
        assert datagram is not None
        return [
            self._opened(item)
            for _, item in self.pair.receive(self.bob.key, datagram, now=self._end)
        ]


@pytest.fixture(scope="module")
def room() -> Room:
    return Room()


@pytest.mark.parametrize("back", [1, 2, 100, 200])
def test_a_packet_is_sent_again_whole_also_where_the_octets_have_begun_anew(
    room: Room, back: int
) -> None:
    packet = room.received[-back]
    (again,) = room.asked_again(packet)
    assert again.endswith(packet[2:4] + packet[-PAYLOAD:])


def test_what_later_packets_have_overwritten_is_not_sent(room: Room) -> None:
    assert room.asked_again(room.received[0]) == []


def test_a_keyframe_of_300_kb_is_sent_again_whole() -> None:
    room = Room(sent=280, interval=0.0)
    for packet in room.received:
        (again,) = room.asked_again(packet)
        assert again.endswith(packet[2:4] + packet[-PAYLOAD:])


def test_half_a_second_of_1080p60_is_there_after_a_slow_round_trip() -> None:
    """8 Mbit/s."""
    room = Room(sent=1000, interval=0.0011)
    (again,) = room.asked_again(room.received[-600])
    assert again.endswith(room.received[-600][2:4] + room.received[-600][-PAYLOAD:])


def test_of_a_stream_that_flows_slowly_no_more_is_kept_than_can_be_asked_for() -> None:
    room = Room(sent=BLOCKS_KEPT * IN_BLOCK + 1, interval=KEEP / IN_BLOCK)
    assert room.asked_again(room.received[0]) == []
    assert len(room.asked_again(room.received[IN_BLOCK])) == 1
