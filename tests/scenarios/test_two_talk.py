"""Two participants hear and see each other."""

from relay.relay import Relay
from tests.patience import until
from tests.scenarios.conftest import Join
from tests.scenarios.party import DELTA, KEYFRAME


async def test_audio_and_video_arrive_on_the_assigned_slots(join: Join) -> None:
    ann, bob = await join("ann"), await join("bob")
    ann.send("microphone", b"hello")
    ann.send("camera", KEYFRAME)
    ann.send("camera", DELTA)
    bob.send("microphone", b"hi")
    await until(
        lambda: len(bob.packets_of("ann", "camera")) == 2 and bob.packets_of("ann", "microphone")
    )
    await until(lambda: ann.packets_of("bob", "microphone"))
    assert bob.packets_of("ann", "microphone")[0].payload == b"hello"
    assert [packet.payload for packet in bob.packets_of("ann", "camera")] == [KEYFRAME, DELTA]
    assert ann.packets_of("bob", "microphone")[0].payload == b"hi"


async def test_a_packet_carries_the_subscribers_mid_and_no_transport_wide_number(
    join: Join,
) -> None:
    ann, bob = await join("ann"), await join("bob")
    ann.send("microphone", b"hello")
    await until(lambda: bob.packets_of("ann", "microphone"))
    packet = bob.packets_of("ann", "microphone")[0]
    mid = next(a.mid for a in bob.assignments.values() if a.source == "microphone")
    assert packet.extensions[4] == mid.encode()
    assert set(packet.extensions) == {2, 4}  # the send time and the MID


async def test_a_publisher_gets_transport_wide_feedback_reports_and_its_cap(join: Join) -> None:
    ann, _ = await join("ann"), await join("bob")
    ann.send("camera", KEYFRAME)
    await until(lambda: any(c[0] & 0x1F == 15 and c[1] == 205 for c in ann.compounds))
    await until(lambda: any(b"REMB" in c for c in ann.compounds))
    await until(lambda: any(getattr(p, "reports", ()) for p in ann.rtcp))


async def test_the_snapshot_counts_what_was_relayed(join: Join, relay: Relay) -> None:
    ann, bob = await join("ann"), await join("bob")
    ann.send("microphone", b"hello")
    await until(lambda: bob.packets_of("ann", "microphone"))
    (room,) = relay.snapshot().rooms
    sent = {peer.participant_id: peer for peer in room.peers}
    assert [track.packets for track in sent["ann"].up if track.source == "microphone"] == [1]
    assert [track.packets for track in sent["bob"].down if track.source == "microphone"] == [1]
    assert room.bytes_relayed > len(b"hello")


async def test_what_an_answer_tells_is_not_told_again(join: Join) -> None:
    ann, bob = await join("ann"), await join("bob")
    assert {assignment.participant_id for assignment in bob.assignments.values()} == {"ann"}
    assert (ann.told, bob.told) == ([ann.assignments], [])
    before = ann.assignments
    await ann.offer(("microphone", "camera", "screen"))
    assert (ann.told, bob.told) == ([before], [bob.assignments])
