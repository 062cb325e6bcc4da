"""Loss and jitter as receiver reports count them."""

import pytest

from tests.relay.reference.reception import Reception
from tests.support.sequence import FIRST_CYCLE


def test_loss_is_counted_per_interval_and_in_all() -> None:
    reception = Reception(90000)
    for number in (0, 1, 2, 4, 5, 7, 8, 9):
        reception.packet(FIRST_CYCLE + number, number * 3000, number / 30)
    reception.close_interval()
    assert (reception.expected, reception.lost, reception.fraction_lost) == (10, 2, 0.2)
    assert reception.highest_reported == 9
    for number in range(10, 20):
        reception.packet(FIRST_CYCLE + number, number * 3000, number / 30)
    reception.close_interval()
    assert (reception.lost, reception.fraction_lost) == (2, 0.0)


def test_duplicates_never_make_a_negative_fraction() -> None:
    reception = Reception(90000)
    for _ in range(3):
        reception.packet(FIRST_CYCLE, 0, 0.0)
    reception.close_interval()
    assert (reception.lost, reception.fraction_lost) == (-2, 0.0)


def test_even_arrival_has_no_jitter_even_where_the_timestamp_wraps() -> None:
    reception = Reception(48000)
    for number in range(200):
        reception.packet(
            FIRST_CYCLE + number, (0xFFFFFF00 + number * 960) & 0xFFFFFFFF, number * 0.02
        )
    assert reception.jitter_ms == pytest.approx(0, abs=0.01)


def test_alternating_delay_shows_as_jitter() -> None:
    reception = Reception(48000)
    for number in range(500):
        reception.packet(FIRST_CYCLE + number, number * 960, number * 0.02 + (number % 2) * 0.01)
    assert reception.jitter_ms == pytest.approx(10, rel=0.05)
