"""What is asked for again, and what is sent again."""

import itertools

from tests.relay.reference.nack import MissingPackets, ResendLimit

START = 70000


def fed(*numbers: int, now: float = 0.0) -> MissingPackets:
    missing = MissingPackets()
    for number in numbers:
        missing.received(START + number, now)
    return missing


def test_a_gap_is_asked_for_once_and_again_after_a_growing_wait() -> None:
    missing = fed(0, 3)
    asked_at = [now / 100 for now in range(400) if missing.due(now / 100, round_trip=0.1)]
    assert asked_at[0] == 0.0
    waits = [after - before for before, after in itertools.pairwise(asked_at)]
    assert waits == sorted(waits)
    assert waits[0] >= 0.1
    assert len(asked_at) == 6
    assert missing.gave_up


def test_a_packet_that_comes_late_is_not_asked_for() -> None:
    missing = fed(0, 2, 1)
    assert missing.due(1.0, 0.1) == []
    assert not missing.gave_up


def test_numbers_come_ascending() -> None:
    assert fed(0, 5, 7).due(0.0, 0.1) == [START + n for n in (1, 2, 3, 4, 6)]


def test_a_burst_too_long_to_mend_asks_for_nothing_but_gives_up() -> None:
    missing = fed(0, 500)
    assert missing.due(0.0, 0.1) == []
    assert missing.gave_up


def test_a_packet_under_way_is_not_sent_again() -> None:
    limit = ResendLimit()
    assert limit.allows(START, 1000, now=0.0, round_trip=0.1)
    assert not limit.allows(START, 1000, now=0.05, round_trip=0.1)
    assert limit.allows(START, 1000, now=0.09, round_trip=0.1)


def test_retransmissions_stay_within_half_of_what_was_sent() -> None:
    limit = ResendLimit()
    burst = sum(limit.allows(number, 1000, 0.0, 0.1) for number in range(1000))
    assert burst == 400
    for _ in range(100):
        limit.sent(1000)
    assert sum(limit.allows(number, 1000, 1.0, 0.1) for number in range(1000)) == 50
