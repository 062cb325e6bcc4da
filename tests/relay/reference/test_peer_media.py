"""What survives from one offer to the next."""

import random
from collections import Counter

from relay.media import Codec, Slot
from tests.relay.reference.peer_media import PeerMedia
from tests.relay.reference.uplink import UplinkStream
from tests.support.rtp import RtpPacket, build

OPUS = Codec(111, "opus", 48000, 2)
SLOT = Slot("1", "audio", (OPUS,), {}, ssrc=7, stream="slot-0")


def media() -> PeerMedia:
    return PeerMedia(lambda _: True, Counter(), 0.0, 1_000_000, random.Random(1))


def number(peer: PeerMedia, mid: str, extended: int) -> int:
    """The sequence number with which a packet leaves on a slot."""
    downlink = peer.subscriber.downlinks[mid]
    downlink._codecs = {111: OPUS}
    packet = RtpPacket(build((111, extended & 0xFFFF, 0, 9), b"", b"x"))
    data = downlink.forward(UplinkStream(9, OPUS), packet, extended, now=1.0)
    assert data
    return RtpPacket(data).sequence


def test_an_ssrc_never_starts_its_numbers_again_under_the_same_keys() -> None:
    peer = media()
    peer.negotiate((), (SLOT,))
    first = number(peer, "1", 70000)
    peer.negotiate((), (Slot("1", "audio", (OPUS,), {"urn:new": 5}, ssrc=7, stream="slot-0"),))
    assert number(peer, "1", 90000) == first + 1
    peer.negotiate((), ())
    peer.negotiate((), (SLOT,))
    assert number(peer, "1", 80000) == first + 2


def test_another_ssrc_on_the_same_m_line_is_another_stream() -> None:
    peer = media()
    peer.negotiate((), (SLOT,))
    before = peer.subscriber.downlinks["1"]
    peer.negotiate((), (Slot("1", "audio", (OPUS,), {}, ssrc=8, stream="slot-0"),))
    assert peer.subscriber.downlinks["1"] is not before
