"""What the relay counts of a track."""

from tests.patience import until
from tests.scenarios.conftest import Join
from tests.scenarios.party import KEYFRAME
from tests.support import rtcp


async def test_what_the_cache_still_had_is_told_apart_from_what_was_sent_again(join: Join) -> None:
    ann, bob = await join("ann"), await join("bob")
    ann.send("camera", KEYFRAME)
    await until(lambda: bob.packets_of("ann", "camera"))
    sequence = bob.packets_of("ann", "camera")[0].sequence

    def counted() -> tuple[int, int, int]:
        (camera,) = [track for track in bob.peer.stats().down if track.source == "camera"]
        return camera.nacks, camera.cached, camera.retransmitted

    # Once again is too soon for what is under way, and of the numbers after it nobody has had a
    # packet.
    lost = [sequence, sequence, sequence + 1, sequence + 2]
    for number in lost:
        bob.client.send_rtcp(rtcp.nack(1, bob.slot_of("ann", "camera"), [number]))
    await until(lambda: counted()[0] == len(lost))
    nacks, cached, retransmitted = counted()
    assert (nacks, cached) == (4, 2)
    assert 1 <= retransmitted <= cached
