"""Publishers' clocks on ours, and round trips."""

import pytest

from tests.relay.reference.sender_clock import PublisherClock, RoundTrips
from tests.support.ntp import middle, ntp

EPOCH = 3_900_000_000.0


def test_two_streams_of_a_publisher_keep_their_relation() -> None:
    clock = PublisherClock(EPOCH)
    audio = clock.translate(ntp(1000.0), 48000, arrival=5.0)
    video = clock.translate(ntp(1000.5), 90000, arrival=5.9)
    assert audio.ntp_time == pytest.approx(ntp(EPOCH + 5.0), abs=1 << 16)
    assert (video.ntp_time - audio.ntp_time) / 2**32 == pytest.approx(0.5, abs=1e-5)


def test_a_point_advances_both_counters_alike() -> None:
    point = PublisherClock(EPOCH).translate(ntp(1000.0), 0xFFFFFFFF, arrival=5.0)
    later = point.later(7.0, 48000)
    assert (later.ntp_time - point.ntp_time) / 2**32 == pytest.approx(2.0)
    assert later.rtp_timestamp == 2 * 48000 - 1


def test_a_round_trip_is_what_remains_without_the_peers_delay() -> None:
    trips = RoundTrips()
    trips.sent(ntp(EPOCH), now=10.0)
    trips.answered(middle(ntp(EPOCH)), delay=int(0.5 * 65536), now=10.58)
    assert trips.seconds == pytest.approx(0.08)


def test_answers_that_cannot_be_are_passed_over() -> None:
    trips = RoundTrips()
    trips.sent(ntp(EPOCH), now=10.0)
    trips.answered(12345, delay=0, now=10.1)
    trips.answered(middle(ntp(EPOCH)), delay=0xFFFFFFFF, now=10.1)
    assert trips.seconds is None
