"""Counters for Prometheus rise and never fall, whoever comes and goes."""

from relay.stats import PeerStats, RelaySnapshot, RoomStats, TrackStats
from signaling.ops.metrics.totals import TrackTotals
from tests.signaling.ops.busy_server import track

UP = ("up", "camera")


def room(*up: TrackStats) -> RelaySnapshot:
    return RelaySnapshot(
        (RoomStats("room", 0, (PeerStats("somebody", True, None, None, up=up, down=()),)),), ()
    )


def totals(*snapshots: RelaySnapshot) -> TrackTotals:
    totals = TrackTotals()
    for snapshot in snapshots:
        totals.observe(snapshot)
    return totals


def test_what_a_track_counted_stays_when_it_is_gone() -> None:
    seen = totals(room(track("camera", 10)), room(track("camera", 25)), room(), room())
    assert seen.sums("packets")[UP] == 25


def test_a_track_that_comes_back_counts_from_its_own_zero() -> None:
    gone = totals(room(track("camera", 25)), room(), room(track("camera", 5)))
    replaced = totals(room(track("camera", 25)), room(track("camera", 5)))
    assert gone.sums("packets")[UP] == replaced.sums("packets")[UP] == 30


def test_a_lost_packet_that_comes_late_makes_no_sum_fall() -> None:
    seen = totals(
        *(
            room(track("camera", packets, lost=lost))
            for packets, lost in ((10, 4), (20, 1), (30, 2))
        )
    )
    assert seen.sums("lost_packets")[UP] == 5


def test_a_slot_that_carries_another_source_counts_for_that_one() -> None:
    seen = totals(
        room(track("camera", 10, mid="3")),
        room(track("screen", 12, mid="3"), track("camera", 4, mid="4")),
    )
    assert seen.sums("packets") == {UP: 14, ("up", "screen"): 2}
