"""RTP timestamps on the server's clock: in sync, whatever the clocks and the network do."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay.recording._recording import SenderClock, SmallestDelay, Timeline
from tests.relay.recording.reference.serial import unwrap
from tests.relay.recording.reference.timeline import MAX_DELAY
from tests.support.effort import effort

NTP_BASE = 3_900_000_000.0


class Device:
    """A sender: true time in, its clocks out."""

    def __init__(self, skew: float, ntp_shift: float, rate: int, base: int) -> None:
        self.skew, self.ntp_shift, self.rate, self.base = skew, ntp_shift, rate, base

    def timestamp(self, now: float) -> int:
        return (self.base + round(now * self.rate * (1 + self.skew))) & 0xFFFFFFFF

    def ntp(self, now: float) -> int:
        return round((NTP_BASE + now + self.ntp_shift) * 2**32)


def play(
    streams: list[tuple[Timeline, Device]], chance: random.Random, *, begin: float, seconds: float
) -> list[list[float]]:
    """50 frames and 1 report a second over a network of 30 to 80 ms;
    the errors of each stream's capture times.
    """
    errors: list[list[float]] = [[] for _ in streams]
    for number in range(round(seconds * 50)):
        now = begin + number * 0.02
        for (timeline, device), found in zip(streams, errors, strict=True):
            arrival = now + 0.03 + chance.uniform(0, 0.05)
            if number % 50 == 20:
                timeline.sender_report(
                    device.ntp(now), timeline.unwrap(device.timestamp(now)), arrival
                )
            found.append(
                timeline.capture_time(timeline.unwrap(device.timestamp(now)), arrival) - now
            )
    return errors


@pytest.mark.parametrize(
    ("value", "near", "expected"), [(0, 65535, 65536), (65535, 65536, 65535), (5, 5, 5)]
)
def test_unwrap_takes_the_nearest(value: int, near: int, expected: int) -> None:
    assert unwrap(value, near, 16) == expected


@settings(deadline=None)
@given(st.integers(0, 2**40), st.integers(-(2**31), 2**31 - 1))
def test_unwrap_follows_any_step_below_half_the_range(near: int, step: int) -> None:
    assert unwrap((near + step) & 0xFFFFFFFF, near, 32) == near + step


def test_the_smallest_delay_is_forgotten_after_two_windows() -> None:
    delay = SmallestDelay(window=10)
    for now in range(31):
        delay.observe(1.0 if now == 3 else 2.0, now)
        assert delay.value == (1.0 if 3 <= now < 20 else 2.0)


@settings(max_examples=effort(5, long=200), deadline=None)
@given(
    seed=st.integers(0, 10_000),
    skew=st.floats(-200e-6, 200e-6),
    shift=st.floats(-1e6, 1e6),
    base=st.integers(0, 2**32 - 1),
)
def test_sound_and_picture_of_one_sender_stay_together(
    seed: int, skew: float, shift: float, base: int
) -> None:
    """Their crystals differ, yet they stay near each other and near the smallest delay, 30 ms."""
    chance, sender = random.Random(seed), SenderClock()
    sound = Timeline(48000, sender), Device(skew, shift, 48000, base)
    picture = Timeline(90000, sender), Device(-skew, shift, 90000, base // 2)
    heard, seen = play([sound, picture], chance, begin=5, seconds=25)
    assert all(0.029 < error < 0.06 for error in heard[500:] + seen[500:])
    assert all(abs(a - b) < 0.03 for a, b in zip(heard[500:], seen[500:], strict=True))


@given(seed=st.integers(0, 1000), jump=st.floats(-4000, 4000))
@settings(max_examples=effort(5, long=200), deadline=None)
def test_a_clock_that_is_set_breaks_nothing(seed: int, jump: float) -> None:
    chance, sender = random.Random(seed), SenderClock()
    sound = Timeline(48000, sender), Device(0, 0, 48000, 7)
    picture = Timeline(90000, sender), Device(0, 0, 90000, 9)
    play([sound, picture], chance, begin=5, seconds=10)
    sound[1].ntp_shift = picture[1].ntp_shift = jump
    worst = 0.02 + (abs(jump) if abs(jump) < 0.11 else 0.06)  # a jump below JUMP is averaged in
    for errors in play([sound, picture], chance, begin=15, seconds=10):
        assert all(abs(error - 0.04) < worst for error in errors)


def test_without_reports_the_smallest_delay_of_the_packets_serves() -> None:
    timeline = Timeline(90000, SenderClock())
    assert timeline.capture_time(9000, 10.2) == pytest.approx(10.2)
    # 50 ms faster than the first.
    assert timeline.capture_time(18000, 10.25) == pytest.approx(10.25)
    assert timeline.capture_time(27000, 10.4) == pytest.approx(10.35)


@settings(deadline=None)
@given(
    reports=st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 2**32 - 1)), max_size=30)
)
def test_no_report_takes_a_frame_out_of_its_time(reports: list[tuple[int, int]]) -> None:
    timeline = Timeline(48000, SenderClock())
    for number, (ntp_time, timestamp) in enumerate(reports):
        timeline.sender_report(ntp_time, timeline.unwrap(timestamp), float(number))
        captured = timeline.capture_time(timeline.unwrap(number * 48000), number + 0.5)
        assert number + 0.5 - MAX_DELAY <= captured <= number + 0.5
