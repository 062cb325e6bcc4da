"""Lost packets are mended on both legs."""

from tests.patience import until
from tests.scenarios.conftest import Join
from tests.scenarios.party import DELTA, KEYFRAME, Party
from tests.support import rtcp
from tests.support.rtp import RtpPacket


async def call(join: Join) -> tuple[Party, Party]:
    ann, bob = await join("ann"), await join("bob")
    ann.send("camera", KEYFRAME)
    await until(lambda: bob.packets_of("ann", "camera"))
    return ann, bob


async def deliver(ann: Party, bob: Party, payload: bytes) -> None:
    before = len(bob.packets_of("ann", "camera"))
    ann.send("camera", payload)
    await until(lambda: len(bob.packets_of("ann", "camera")) > before)


async def test_a_gap_in_the_uplink_is_asked_for_and_the_restored_packet_forwarded(
    join: Join,
) -> None:
    ann, bob = await call(join)
    ann.send("camera", DELTA, 201)
    ann.send("camera", DELTA, 203)
    await until(lambda: 202 in ann.nacked("camera"))
    ann.resend("camera", 202, b"\x10\x01late", rtx_sequence=1)
    await until(lambda: len(bob.packets_of("ann", "camera")) == 4)
    arrived = bob.packets_of("ann", "camera")
    late = next(packet for packet in arrived if packet.payload == b"\x10\x01late")
    first = min(packet.sequence for packet in arrived)
    assert late.sequence == first + 2


async def test_a_gap_that_is_never_filled_brings_a_keyframe_request(join: Join) -> None:
    ann, _ = await call(join)
    ann.send("camera", DELTA, 200 + 900)
    await until(lambda: ann.asked_for_keyframe("camera"))
    assert ann.nacked("camera") == []


async def test_a_subscribers_nack_is_answered_with_rtx(join: Join) -> None:
    _, bob = await call(join)
    ssrc = bob.slot_of("ann", "camera")
    lost = bob.packets_of("ann", "camera")[0]
    bob.client.send_rtcp(rtcp.nack(1, ssrc, [lost.sequence]))
    rtx_ssrc = next(slot.rtx_ssrc for slot in bob.peer.slots if slot.ssrc == ssrc)
    await until(lambda: any(packet.ssrc == rtx_ssrc for packet in bob.rtp))
    (again,) = [packet for packet in bob.rtp if packet.ssrc == rtx_ssrc]
    assert again.payload == lost.sequence.to_bytes(2, "big") + KEYFRAME
    assert (again.payload_type, again.timestamp) == (97, lost.timestamp)


async def test_a_gap_too_long_to_be_sent_again_is_mended_by_one_keyframe(join: Join) -> None:
    ann, bob = await call(join)
    for _ in range(400):
        await deliver(ann, bob, DELTA + bytes(1000))
    missing = [packet.sequence for packet in bob.packets_of("ann", "camera")[1:]]
    asked = ann.asked_for_keyframe("camera")
    for _ in range(2):
        bob.client.send_rtcp(rtcp.nack(1, bob.slot_of("ann", "camera"), missing))
    await until(lambda: ann.asked_for_keyframe("camera") == asked + 1)


async def test_a_subscribers_pli_reaches_the_publisher_once_in_half_a_second(join: Join) -> None:
    ann, bob = await call(join)
    for _ in range(5):
        bob.client.send_rtcp(rtcp.pli(1, bob.slot_of("ann", "camera")))
    await until(lambda: ann.asked_for_keyframe("camera"))
    assert ann.asked_for_keyframe("camera") == 1


async def test_duplicates_probes_and_reordering_reach_the_subscriber_once_and_in_place(
    join: Join,
) -> None:
    ann, bob = await call(join)
    for sequence in (202, 201, 204, 203):
        ann.send("camera", DELTA, sequence)
    ann.resend("camera", 201, DELTA, rtx_sequence=1)  # a bandwidth probe repeats what arrived
    ann.send("camera", DELTA, 205)
    await until(lambda: len(bob.packets_of("ann", "camera")) == 6)
    numbers = [packet.sequence for packet in bob.packets_of("ann", "camera")]
    assert sorted(numbers) == list(range(min(numbers), min(numbers) + 6))


async def test_numbers_wrap_without_a_break(join: Join) -> None:
    ann, bob = await join("ann"), await join("bob")
    ann.send("camera", KEYFRAME, 65534)
    for sequence in range(65535, 65540):
        ann.send("camera", DELTA, sequence)
    await until(lambda: len(bob.packets_of("ann", "camera")) == 6)
    packets: list[RtpPacket] = bob.packets_of("ann", "camera")
    assert [p.sequence - packets[0].sequence for p in packets] == list(range(6))
