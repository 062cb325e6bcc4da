"""Whose network it is: a subscriber who misses what its publisher's way has lost is well connected
itself.
"""

from collections.abc import Sequence

from relay.media import Condition
from tests.relay.engine.pair import MAX_BITRATE_BPS
from tests.relay.engine.test_numbering import PICTURE, SOUND, Room
from tests.support import rtcp


class Listener:
    """Bob, who reports on what Alice sends: what comes to the relay, and how much of that is lost
    on his own way.
    """

    def __init__(self, room: Room) -> None:
        self.room = room
        self._next = 1000
        self._lost = 0

    def hear(self, ssrc: int, came: Sequence[bool], lost_after: int = 0) -> Condition | None:
        """His word after a report on one packet each 20 ms, some of which did not come so far."""
        numbers = [self._next + index for index, there in enumerate(came) if there]
        self._next += len(came)
        self._lost += lost_after + len(came) - len(numbers)
        packets = self.room.send(ssrc, numbers)
        if packets:
            newest = packets[-1]
            report = rtcp.Report(newest.ssrc, 0.0, self._lost, newest.sequence, 48, 0, 0)
            told = rtcp.ReceiverReport(1, (report,)).encode()
            bob = self.room.bob.browser
            self.room.pair.receive(bob.key, bob.sends.protect_rtcp(told), self.room.now)
        self.room.pair.same_state()
        judgement = self.room.pair.native.quality(self.room.bob.browser.key)
        return judgement.condition if judgement else None


def hear(
    room: Room, lost_before: int, lost_after: int
) -> tuple[Condition | None, Condition | None]:
    """Alice's word and Bob's, after 12 s of sound; of ten packets so many were lost on her way
    and on his.
    """
    bob = Listener(room)
    came = [index % 10 >= lost_before for index in range(50)]
    words = [bob.hear(SOUND, came, 5 * lost_after) for _ in range(12)]
    return room.quality(), words[-1]


def test_what_the_publisher_lost_is_not_its_subscribers_fault() -> None:
    assert hear(Room(), lost_before=2, lost_after=0) == ("poor", "excellent")


def test_what_a_subscriber_loses_is_not_its_publishers_fault() -> None:
    assert hear(Room(), lost_before=0, lost_after=2) == ("excellent", "poor")


def test_both_may_lose_something() -> None:
    assert hear(Room(), lost_before=1, lost_after=2) == ("poor", "poor")


def test_a_publishers_outage_is_at_no_moment_its_subscribers_fault() -> None:
    bob = Listener(Room())
    well, lossy, away = [True] * 50, [index % 3 > 0 for index in range(50)], [False] * 50
    seconds = [*4 * [well], *3 * [lossy], *3 * [away], *6 * [well], away, lossy, *4 * [well]]
    words = [bob.hear(SOUND, second) for second in seconds]
    assert set(words) <= {None, "excellent"}
    assert words[-1] == "excellent"


def test_what_was_lost_on_its_own_way_narrows_no_publisher() -> None:
    room = Room()
    bob = Listener(room)
    for second in range(12):
        bob.hear(PICTURE, [(index + second) % 4 > 0 for index in range(50)])
        room.pair.tick(room.now)
    assert room.pair.native.stats(room.alice.key).max_bitrate_bps == MAX_BITRATE_BPS
