"""The last packets of a stream."""

from tests.relay.reference.packet_cache import BLOCK, BLOCKS, BLOCKS_KEPT, KEEP, SIZE, PacketCache
from tests.support.rtp import RtpPacket, build

PACKET = RtpPacket(build((96, 1, 2, 3), b"", b"x"))


def test_a_packet_is_kept_until_the_ring_comes_round() -> None:
    cache = PacketCache()
    assert cache.add(70000, PACKET, 0.0)
    assert cache.get(70000) is PACKET
    assert cache.add(70000 + SIZE, PACKET, 0.0)
    assert cache.get(70000) is None


def test_a_duplicate_is_refused_and_so_is_what_is_too_old_to_tell() -> None:
    cache = PacketCache()
    cache.add(70000, PACKET, 0.0)
    cache.add(70002, PACKET, 0.0)
    assert not cache.add(70002, PACKET, 0.0)
    assert cache.add(70001, PACKET, 0.0)
    assert not cache.add(70002 - SIZE, PACKET, 0.0)


def filled(blocks: int, interval: float) -> tuple[PacketCache, RtpPacket]:
    """With packets of which one fills a block."""
    cache, large = PacketCache(), RtpPacket(build((96, 1, 2, 3), b"", bytes(BLOCK - 12)))
    for number in range(blocks):
        assert cache.add(70000 + number, large, number * interval)
    return cache, large


def test_large_packets_push_each_other_out_but_still_count_as_seen() -> None:
    cache, large = filled(BLOCKS + 1, 0.0)
    assert cache.get(70000) is None
    assert cache.get(70001) is large
    assert not cache.add(70000, large, 0.0)


def test_what_is_old_makes_room_above_a_little() -> None:
    cache, large = filled(BLOCKS_KEPT, 2 * KEEP)
    assert cache.get(70000) is large
    assert cache.add(80000, large, 1000.0)
    assert [cache.get(70000 + number) for number in range(BLOCKS_KEPT)] == [
        None,
        *[large] * (BLOCKS_KEPT - 1),
    ]
