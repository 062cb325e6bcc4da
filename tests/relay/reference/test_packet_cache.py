"""The last packets of a stream."""

from tests.relay.reference.packet_cache import OCTETS, SIZE, PacketCache
from tests.relay.reference.rtp import RtpPacket, build

PACKET = RtpPacket(build((96, 1, 2, 3), b"", b"x"))


def test_a_packet_is_kept_until_the_ring_comes_round() -> None:
    cache = PacketCache()
    assert cache.add(70000, PACKET)
    assert cache.get(70000) is PACKET
    assert cache.add(70000 + SIZE, PACKET)
    assert cache.get(70000) is None


def test_a_duplicate_is_refused_and_so_is_what_is_too_old_to_tell() -> None:
    cache = PacketCache()
    cache.add(70000, PACKET)
    cache.add(70002, PACKET)
    assert not cache.add(70002, PACKET)
    assert cache.add(70001, PACKET)
    assert not cache.add(70002 - SIZE, PACKET)


def test_large_packets_push_each_other_out_but_still_count_as_seen() -> None:
    cache = PacketCache()
    large = RtpPacket(build((96, 1, 2, 3), b"", bytes(1400)))
    fitting = OCTETS // len(large.data)
    for number in range(fitting + 1):
        assert cache.add(70000 + number, large)
    assert cache.get(70000) is None
    assert cache.get(70001) is large
    assert not cache.add(70000, large)
