"""The last packets of a stream."""

from tests.relay.reference.packet_cache import SIZE, PacketCache
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
