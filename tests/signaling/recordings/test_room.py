"""For how long there is room to record one more call."""

from signaling.recordings.room import LongestCall, shortage

LONGEST = LongestCall(minutes=60, picture_kbps=2372)  # 2.5 Mbit/s with sound
HOUR = 2 * 2_500_000 // 8 * 3600
"""Bytes of two people."""


def test_there_is_a_shortage_only_of_what_the_longest_call_would_take() -> None:
    assert shortage(HOUR, 0, LONGEST).video is None
    assert shortage(HOUR - 1, 0, LONGEST).video == 59
    assert shortage(0, 0, LONGEST) == shortage(1000, 0, LONGEST)
    assert (shortage(0, 0, LONGEST).video, shortage(0, 0, LONGEST).audio) == (0, 0)


def test_voice_alone_takes_less() -> None:
    assert shortage(HOUR // 10, 0, LONGEST).audio is None
    assert shortage(HOUR // 100, 0, LONGEST).audio == 11


def test_calls_that_are_being_recorded_take_of_the_same_room() -> None:
    assert shortage(HOUR, 1, LONGEST).video == 30
    assert shortage(4 * HOUR, 3, LONGEST).video is None
