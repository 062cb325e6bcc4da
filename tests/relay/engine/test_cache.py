"""What is kept to be sent again; both forwarders must keep the same."""

import random
import struct

import pytest

from tests.relay.engine.pair import Pair, rtcp
from tests.relay.engine.traffic import Sender
from tests.relay.reference.packet_cache import OCTETS

PAYLOAD = 1100
SENT = OCTETS // PAYLOAD + 20
"""More than fit, though fewer than may be kept by number."""


class Room:
    """Alice's camera, and Bob who has received `SENT` packets of it."""

    def __init__(self) -> None:
        self.pair = Pair(1)
        self.alice, self.bob = (Sender(i, self.pair.add(), random.Random(i)) for i in range(2))
        for sender in (self.alice, self.bob):
            self.pair.negotiate(sender.key, sender.uplinks(), sender.slots(1))
        self.pair.route(self.bob.key, self.bob.slots(1)[1].mid, self.alice.key, "1")
        self.received = [self._send(number) for number in range(SENT)]

    def _send(self, number: int) -> bytes:
        codec, frame = self.alice.codec, b"\x10\x00" if self.alice.codec.name == "VP8" else b"\x65\x00"
        head = struct.pack("!BBHII", 0x80, codec.payload_type, 100 + number, 3000 * number, self.alice.ssrcs[1])
        datagram = self.alice.protect(head + frame + number.to_bytes(2) + bytes(PAYLOAD - 4))
        assert datagram is not None
        sent = [
            item
            for item in self.pair.receive(self.alice.key, datagram, now=number * 0.001)
            if item[0] == self.bob.key
        ]
        return self._opened(sent[0][1])

    def _opened(self, datagram: bytes) -> bytes:
        plain = self.bob.browser.plain(datagram)
        assert plain is not None
        return plain

    def asked_again(self, packet: bytes) -> list[bytes]:
        """What Bob gets for a NACK of it."""
        nack = rtcp(205, 1, struct.pack("!II", 1, *struct.unpack("!I", packet[8:12])) + packet[2:4] + bytes(2))
        datagram = self.bob.protect_rtcp(nack)
        assert datagram is not None
        return [self._opened(item) for _, item in self.pair.receive(self.bob.key, datagram, now=SENT * 0.001)]


@pytest.fixture(scope="module")
def room() -> Room:
    return Room()


@pytest.mark.parametrize("back", [1, 2, 100, 200])
def test_a_packet_is_sent_again_whole_also_where_the_octets_have_begun_anew(room: Room, back: int) -> None:
    packet = room.received[-back]
    (again,) = room.asked_again(packet)
    assert again.endswith(packet[2:4] + packet[-PAYLOAD:])


def test_what_later_packets_have_overwritten_is_not_sent(room: Room) -> None:
    assert room.asked_again(room.received[0]) == []
