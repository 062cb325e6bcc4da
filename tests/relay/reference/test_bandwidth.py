"""When a subscriber binds the publishers it receives."""

from tests.relay.reference.bandwidth import (
    CLEAR_AFTER,
    FLOOR_BPS,
    CapMessages,
    DownlinkBudget,
    LossWindow,
    cap,
    share,
)


def test_an_estimate_that_only_lags_behind_a_rising_rate_binds_nobody() -> None:
    budget = DownlinkBudget()
    for second in range(20):
        budget.estimated(int(150_000 * 1.08**second), sent_bps=1_500_000, now=float(second))
    assert budget.bitrate_bps is None


def test_an_estimate_that_falls_below_the_rate_binds() -> None:
    budget = DownlinkBudget()
    budget.estimated(2_000_000, 1_500_000, 1.0)
    budget.estimated(850_000, 1_000_000, 2.0)
    assert budget.bitrate_bps == 850_000


def test_an_estimate_that_stays_below_the_rate_binds() -> None:
    budget = DownlinkBudget()
    for second in range(5):
        budget.estimated(400_000, 1_000_000, float(second))
    assert budget.bitrate_bps == 850_000


def test_a_falling_estimate_above_the_rate_is_no_congestion() -> None:
    budget = DownlinkBudget()
    budget.estimated(2_000_000, 100_000, 1.0)
    budget.estimated(1_000_000, 100_000, 2.0)
    assert budget.bitrate_bps is None


def test_a_bound_publisher_follows_the_estimate_up_and_is_free_after_a_while() -> None:
    budget = DownlinkBudget()
    budget.estimated(2_000_000, 1_500_000, 0.0)
    budget.estimated(850_000, 1_000_000, 1.0)
    budget.estimated(900_000, 850_000, 2.0)
    assert budget.bitrate_bps == 900_000
    budget.estimated(1_300_000, 900_000, 2.0 + CLEAR_AFTER)
    assert budget.bitrate_bps is None


def test_much_loss_binds_and_little_loss_does_not() -> None:
    budget = DownlinkBudget()
    budget.lost(0.05, 1_000_000, 1.0)
    assert budget.bitrate_bps is None
    budget.lost(0.2, 1_000_000, 2.0)
    assert budget.bitrate_bps == 900_000


def test_on_a_link_too_narrow_by_half_the_rate_falls_to_what_arrives_and_feels_its_way_up() -> None:
    budget = DownlinkBudget()
    budget.lost(0.5, 700_000, 0.0)
    # A full queue adds no delay, which is all that the browser looks at.
    budget.estimated(914_000, 525_000, 1.0)
    assert budget.bitrate_bps == 525_000
    budget.lost(0.5, 525_000, 2.0)
    assert budget.bitrate_bps == 262_500
    budget.lost(0.0, 262_500, 4.0)
    budget.estimated(914_000, 262_500, 5.0)
    assert budget.bitrate_bps == int(262_500 * 1.08)


def test_an_estimate_that_stands_still_after_heavy_loss_does_not_hold_the_rate_down() -> None:
    budget = DownlinkBudget()
    budget.lost(0.5, 400_000, 0.0)
    budget.lost(0.0, 300_000, 2.0)
    rates = []
    for second in range(3, 23):
        budget.estimated(205_000, budget.bitrate_bps or 0, float(second))
        rates.append(budget.bitrate_bps or 0)
    assert rates == sorted(rates)
    assert rates[-1] > 1_000_000


def test_one_bad_stretch_may_be_an_outage_and_costs_less() -> None:
    budget = DownlinkBudget()
    budget.lost(0.8, 1_000_000, 0.0)
    assert budget.bitrate_bps == 600_000
    budget.lost(0.0, 600_000, 2.0)
    for second in range(3, 13):
        budget.estimated(2_000_000, 600_000, float(second))
    assert budget.bitrate_bps is None


def test_loss_is_taken_over_stretches_not_over_single_reports() -> None:
    window = LossWindow()
    fractions = [
        window.reported(1000 + 4 * tenth - tenth // 5, 1000 + 4 * tenth, now=tenth / 10)
        for tenth in range(45)
    ]
    told = [fraction for fraction in fractions if fraction is not None]
    assert told == [0.05, 0.05]


def test_a_stretch_waits_for_enough_packets_and_starts_anew_with_a_stream() -> None:
    window = LossWindow()
    assert window.reported(1000, 1000, 0.0) is None
    assert window.reported(1005, 1010, 10.0) is None
    assert window.reported(20, 1020, 11.0) is None
    assert window.reported(110, 1120, 14.0) == 0.1


def test_a_publisher_is_capped_by_its_slowest_subscriber_between_floor_and_maximum() -> None:
    assert cap([900_000, None, 600_000], 2_500_000) == 600_000
    assert cap([], 2_500_000) == cap([None], 2_500_000) == cap([9_000_000], 2_500_000) == 2_500_000
    assert cap([10_000], 2_500_000) == FLOOR_BPS
    assert share(1_000_000, 2) == 500_000
    assert share(None, 2) is None


def test_a_fall_is_told_at_once_and_everything_else_each_second() -> None:
    messages = CapMessages()
    assert messages.due(1_000_000, 0.0)
    assert not messages.due(1_100_000, 0.5)
    assert messages.due(900_000, 0.6)
    assert not messages.due(900_000, 1.5)
    assert messages.due(900_000, 1.6)
