"""When peers are told what is due: each at a moment of its own,
so that no packet waits behind all of them.
"""

from collections import Counter

import pytest

from relay.engine import Engine
from tests.relay.engine.test_repetition import Room as SoundRoom
from tests.relay.engine.test_repetition import sound
from tests.relay.engine.test_taps import Publisher, Room

INTERVAL = 0.025  # s
STEPS = 25
REPORT_INTERVAL = 1.0  # s


def told(engine: Engine, begin: float) -> list[list[int]]:
    """Who was sent a report in each millisecond of an interval."""
    return [
        [peer for peer, _ in engine.tick(begin + (step + 1) * INTERVAL / STEPS, INTERVAL)]
        for step in range(STEPS)
    ]


@pytest.fixture
def room() -> Room:
    room = Room()
    room.engine.tick(1000.0, INTERVAL)
    return room


def test_each_peer_has_its_own_moment(room: Room) -> None:
    for _ in range(50):
        Publisher(room)
    steps = told(room.engine, 1000.0)
    counts = Counter(peer for step in steps for peer in step)
    assert len(counts) == 50
    assert set(counts.values()) == {1}
    assert max(map(len, steps)) <= 3
    room.engine.close()


def test_it_stays_the_same(room: Room) -> None:
    for _ in range(20):
        Publisher(room)
    first = told(room.engine, 1000.0)
    for round_ in range(1, 40):
        told(room.engine, 1000.0 + round_ * INTERVAL)
    assert told(room.engine, 1000.0 + REPORT_INTERVAL) == first
    room.engine.close()


def test_whoever_comes_late_tells_everybody_once(room: Room) -> None:
    for _ in range(20):
        Publisher(room)
    assert len(room.engine.tick(1007.0, INTERVAL)) == 20
    room.engine.close()


def test_nobody_is_passed_over_while_the_table_grows(room: Room) -> None:
    Publisher(room)
    assert len([peer for step in told(room.engine, 1000.0) for peer in step]) == 1
    for _ in range(100):
        Publisher(room)
    assert len({peer for step in told(room.engine, 1000.0 + INTERVAL) for peer in step}) == 100
    room.engine.close()


def test_what_is_due_goes_along_with_a_packet_before_its_turn_and_once() -> None:
    room = SoundRoom()
    engine, ann, bob = room.pair.engine, room.ann, room.bob
    engine.tick(100.0, INTERVAL)  # the first report
    due = 100.0 + REPORT_INTERVAL
    told(engine, due - INTERVAL)

    def heard(number: int, now: float) -> list[bool]:
        """Of what Bob is sent with a packet of Ann's, in order: whether it is RTCP."""
        packet = ann.sends.protect(sound(number))
        sent = engine.receive(ann.key, packet, now, INTERVAL)
        return [192 <= data[1] <= 223 for key, data in sent if key == bob.key]

    assert heard(1, due + 0.0005) == [False, True]
    assert heard(2, due + 0.0006) == [False]
    assert bob.key not in {key for key, _ in engine.tick(due + INTERVAL / 2, INTERVAL)}
