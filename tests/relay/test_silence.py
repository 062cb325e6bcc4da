"""Somebody who was heard all the time falls silent."""

import pytest

from relay.silence import Silence


def silent_at(heard: list[float], times: list[float]) -> list[bool]:
    """Looked at four times a second, as rooms do; what was told at `times`."""
    silence, told, last = Silence(), {}, heard[0]
    for quarter in range(int(4 * max(times)) + 1):
        now = quarter / 4
        last = max([last, *(at for at in heard if at <= now)])
        told[now] = silence.update(last, now)
    return [told[at] for at in times]


def every(gap: float, until: float, since: float = 0.0) -> list[float]:
    return [since + gap * index for index in range(int((until - since) / gap) + 1)]


def test_two_seconds_without_anything_are_a_silence() -> None:
    assert silent_at(every(0.1, 10), [10, 11.75, 12.25, 15]) == [False, False, True, True]


def test_it_is_over_with_the_first_packet() -> None:
    assert silent_at(every(0.1, 10) + every(0.1, 20, since=14), [13.75, 14, 16]) == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("gap", [2.75, 5.0])
def test_who_is_heard_by_checks_alone_is_not_silent_between_them(gap: float) -> None:
    assert not any(silent_at(every(gap, 60), [quarter / 4 for quarter in range(240)]))


def test_who_stops_sending_and_goes_on_checking_is_silent_once() -> None:
    heard = every(0.1, 10) + every(2.75, 60, since=12.75)
    assert silent_at(heard, [12.25, 12.75, 20, 30.25, 40.5]) == [True, False, False, False, False]
