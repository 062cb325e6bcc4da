"""Whose network it is: a subscriber who misses what its publisher's way has lost is well connected
itself.
"""

from relay.media import Quality
from tests.relay.engine.test_numbering import SOUND, Room
from tests.support import rtcp


def hear(room: Room, lost_before: int, lost_after: int) -> tuple[Quality | None, Quality | None]:
    """Alice's word and Bob's, after 12 s of sound; of ten packets so many were lost on her way
    and on his.
    """
    expected = 0
    for second in range(12):
        numbers = [1000 + 50 * second + index for index in range(50) if index % 10 >= lost_before]
        packets = room.send(SOUND, numbers)
        expected += 50
        report = rtcp.Report(
            packets[-1].ssrc,
            0.0,
            expected * (lost_before + lost_after) // 10,
            packets[-1].sequence,
            48,
            0,
            0,
        )
        told = room.bob.browser.sends.protect_rtcp(rtcp.ReceiverReport(1, (report,)).encode())
        room.pair.receive(room.bob.browser.key, told, room.now)
    room.pair.same_state()
    return room.quality(), room.pair.native.quality(room.bob.browser.key)


def test_what_the_publisher_lost_is_not_its_subscribers_fault() -> None:
    assert hear(Room(), lost_before=2, lost_after=0) == ("poor", "excellent")


def test_what_a_subscriber_loses_is_not_its_publishers_fault() -> None:
    assert hear(Room(), lost_before=0, lost_after=2) == ("excellent", "poor")


def test_both_may_lose_something() -> None:
    assert hear(Room(), lost_before=1, lost_after=2) == ("poor", "poor")
