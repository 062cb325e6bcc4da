"""Sound goes out twice to whoever loses packets; both forwarders must send the same."""

import struct

from relay.media import Slot, Uplink
from tests.relay.engine.pair import Pair, rtcp
from tests.relay.engine.traffic import OPUS, SLOT_EXTENSIONS, UPLINK_EXTENSIONS, vp8

SSRC, SLOT_SSRC, PICTURE_SSRC = 1000, 5000, 6000
PACKET_SECONDS = 0.02
REPORTED = 100
"""Packets between two reports of Bob."""


def sound(number: int, size: int = 80) -> bytes:
    """A packet of Ann's microphone."""
    return struct.pack("!BBHII", 0x80, 111, number, 960 * number, SSRC) + bytes(size)


class Room:
    """Ann's microphone, and Bob who receives it."""

    def __init__(self) -> None:
        self.pair = Pair(1)
        self.ann, self.bob = self.pair.add(), self.pair.add()
        self.pair.negotiate(
            self.ann.key,
            (Uplink("0", "audio", "microphone", (OPUS,), UPLINK_EXTENSIONS, SSRC),),
            (),
        )
        sound = Slot("2", "audio", (OPUS,), SLOT_EXTENSIONS, SLOT_SSRC)
        picture = Slot("3", "video", (vp8(98),), SLOT_EXTENSIONS, PICTURE_SSRC)
        self.pair.negotiate(self.bob.key, (), (sound, picture))
        self.pair.route(self.bob.key, "2", self.ann.key, "0")
        self.number = 0
        self._lost = 0

    @property
    def now(self) -> float:
        return 100 + PACKET_SECONDS * self.number

    def speaks(self, packets: int, size: int = 80) -> list[list[bytes]]:
        """What Bob is sent for each packet of Ann's."""
        return [self._packet(size) for _ in range(packets)]

    def _packet(self, size: int) -> list[bytes]:
        self.number += 1
        self.pair.tick(self.now)
        packet = self.ann.sends.protect(sound(self.number, size))
        sent = self.pair.receive(self.ann.key, packet, self.now)
        return [datagram for key, datagram in sent if key == self.bob.key]

    def bob_reports(self, lost: int) -> None:
        """So many packets lost since his last report."""
        self._lost += lost
        self._report(SLOT_SSRC, self._lost)

    def _report(self, ssrc: int, lost: int) -> None:
        report = struct.pack("!7I", 1, ssrc, lost, self.number, 0, 0, 0)
        self.pair.receive(self.bob.key, self.bob.sends.protect_rtcp(rtcp(201, 1, report)), self.now)

    def loses(self, lost: int) -> None:
        """A stretch with a report at each end, the second one of this loss."""
        self.bob_reports(0)
        self.speaks(REPORTED)
        self.bob_reports(lost)

    def picture_loses_half(self) -> None:
        """By which Bob's path counts as congested, and as one of the least that is assumed:
        150 kbit/s.
        """
        self._report(PICTURE_SSRC, 0)
        self.speaks(REPORTED)
        self._report(PICTURE_SSRC, REPORTED // 2)


def test_on_a_good_path_each_packet_goes_out_once() -> None:
    room = Room()
    room.loses(1)
    assert {len(sent) for sent in room.speaks(20)} == {1}
    room.pair.same_state()


def test_after_loss_each_packet_goes_out_again_in_front_of_the_next_one_octet_for_octet() -> None:
    room = Room()
    room.loses(5)
    (first,), *later = room.speaks(20)
    for again, own in later:
        assert again == first
        first = own
    heard = room.pair.native.stats(room.bob.key).down[0]
    assert heard.retransmitted == len(later)
    room.pair.same_state()


def test_the_browser_takes_the_copy_for_the_packet_and_drops_it_where_that_came() -> None:
    room = Room()
    room.loses(5)
    (lost,), (again, own), (twice, _) = room.speaks(3)
    assert lost == again
    assert [room.bob.plain(datagram) is not None for datagram in (again, own, twice)] == [
        True,
        True,
        False,
    ]


def test_half_a_minute_without_loss_ends_it() -> None:
    room = Room()
    room.loses(5)
    room.speaks(int(29 / PACKET_SECONDS))
    assert {len(sent) for sent in room.speaks(10)} == {2}
    room.bob_reports(0)
    room.speaks(int(1 / PACKET_SECONDS))
    assert {len(sent) for sent in room.speaks(10)} == {1}
    room.pair.same_state()


def test_what_is_too_long_for_sound_goes_out_once() -> None:
    room = Room()
    room.loses(5)
    assert {len(sent) for sent in room.speaks(10, size=600)} == {1}
    room.pair.same_state()


def test_on_a_congested_path_sound_goes_out_twice_only_if_it_is_little_of_it() -> None:
    room = Room()
    room.picture_loses_half()
    assert {len(sent) for sent in room.speaks(100, size=80)[60:]} == {1}, "40 kbit/s of 150"
    assert {len(sent) for sent in room.speaks(100, size=10)[60:]} == {2}, "14 kbit/s of 150"
    room.pair.same_state()
