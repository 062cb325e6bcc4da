"""Whatever a peer sends, the relay counts it and goes on serving everybody else."""

import random
from functools import partial

from relay.relay import Relay
from tests.patience import until
from tests.scenarios.conftest import Join
from tests.scenarios.party import KEYFRAME
from tests.support.rtp import build

MAX_SSRCS = 256
"""That one connection may send with (relay/engine/senders.h)."""


async def test_two_peers_with_the_same_ssrc_do_not_disturb_each_other(join: Join) -> None:
    ann, bob = await join("ann"), await join("bob")
    assert ann.client.ssrcs == bob.client.ssrcs
    ann.send("microphone", b"ann")
    bob.send("microphone", b"bob")
    await until(lambda: bob.packets_of("ann", "microphone") and ann.packets_of("bob", "microphone"))
    assert ann.packets_of("bob", "microphone")[0].payload == b"bob"


async def test_an_undeclared_ssrc_is_known_by_its_mid_or_its_payload_type(join: Join) -> None:
    ann, bob = await join("ann"), await join("bob")
    ann.send("camera", KEYFRAME, ssrc=777, mid=1)
    ann.send("microphone", b"new", ssrc=778)
    await until(lambda: bob.packets_of("ann", "camera") and bob.packets_of("ann", "microphone"))


async def test_an_ssrc_that_belongs_nowhere_is_counted(join: Join, relay: Relay) -> None:
    ann = await join("ann")
    ann.send("camera", KEYFRAME, ssrc=777, mid=9)
    ann.send("camera", KEYFRAME, ssrc=778, payload_type=55)
    await until(lambda: relay.snapshot().dropped.get("unknown_ssrc") == 2)


async def test_a_peer_cannot_start_streams_without_end(join: Join, relay: Relay) -> None:
    ann = await join("ann")
    for ssrc in range(1000, 1100):
        ann.send("camera", KEYFRAME, ssrc=ssrc)
    await until(lambda: relay.snapshot().dropped.get("too_many_ssrcs", 0) > 30)


async def test_a_peer_cannot_make_every_packet_dear_by_ever_new_ssrcs(
    join: Join, relay: Relay
) -> None:
    ann, bob = await join("ann"), await join("bob")
    ann.send("microphone", b"known")
    for ssrc in range(1000, 1000 + 2 * MAX_SSRCS):
        ann.send("camera", KEYFRAME, ssrc=ssrc, payload_type=55)
    await until(lambda: relay.snapshot().dropped.get("too_many_ssrcs", 0) >= MAX_SSRCS)
    ann.send("microphone", b"still heard")
    await until(lambda: len(bob.packets_of("ann", "microphone")) == 2)


async def test_garbage_is_counted_and_the_call_goes_on(join: Join, relay: Relay) -> None:
    ann, bob = await join("ann"), await join("bob")
    for length in (12, 13, 100, 1500):
        ann.client.send_datagram(b"\x80\x60" + bytes(length - 2))
        ann.client.send_datagram(b"\x80\xc8" + bytes(length - 2))
    # Authentic; an element longer than its block.
    ann.client.send_rtp(build((111, 1, 2, 3), b"\x1f", b""))
    ann.client.send_rtcp(b"\x80\xc9\x00\x01" + bytes(4) + b"\x80\xc8\x00\x50")
    ann.send("microphone", b"hello")
    await until(lambda: bob.packets_of("ann", "microphone"))
    await until(
        lambda: (
            {"srtp_refused", "srtcp_refused", "malformed_rtp", "malformed_rtcp"}
            <= relay.snapshot().dropped.keys()
        )
    )


async def test_a_packet_too_long_to_forward_is_counted(join: Join, relay: Relay) -> None:
    ann, _ = await join("ann"), await join("bob")
    ann.send("microphone", bytes(1336))
    await until(lambda: relay.snapshot().dropped.get("too_long_to_send") == 1)


async def test_a_flood_of_one_peer_leaves_another_call_alone(join: Join, relay: Relay) -> None:
    other = relay.room("other")
    flooder = await join("mal")
    ann, bob = await join("ann", into=other), await join("bob", into=other)
    generator = random.Random(1)

    def heard(number: int) -> bool:
        return len(bob.packets_of("ann", "microphone")) > number

    for number in range(40):
        for _ in range(50):
            flooder.client.send_datagram(
                bytes((0x80, generator.randrange(256))) + generator.randbytes(60)
            )
        ann.send("microphone", bytes((number,)))
        await until(partial(heard, number))
    assert [packet.payload[0] for packet in bob.packets_of("ann", "microphone")] == list(range(40))
    assert sum(relay.snapshot().dropped.values()) > 100


async def test_random_authentic_packets_never_stop_the_relay(join: Join) -> None:
    ann, bob = await join("ann"), await join("bob")
    generator = random.Random(2)
    for number in range(500):
        head = (
            generator.randrange(128),
            number,
            generator.getrandbits(32),
            ann.client.ssrcs["camera"],
        )
        ann.client.send_rtp(
            build(head, generator.randbytes(generator.randrange(20)), generator.randbytes(30))
        )
        words = generator.randrange(1, 10)
        kind, count = generator.randrange(192, 224), generator.randrange(32)
        ann.client.send_rtcp(bytes((0x80 | count, kind, 0, words)) + generator.randbytes(4 * words))
    ann.send("microphone", b"hello")
    await until(lambda: bob.packets_of("ann", "microphone"))
