"""Where each packet of sound goes."""

from relay.recording.depacketize import OPUS_RATE, SILENCE
from relay.recording.sound import Placed, SoundTrack

PACKET = OPUS_RATE // 50
LOUD, QUIET = b"\x78" + bytes(100), b"\x78" + bytes(20)


def payload(number: int) -> bytes:
    """A quiet moment every ten seconds."""
    return QUIET if number % 500 == 0 else LOUD


def play(track: SoundTrack, seconds: int, rate: float) -> list[Placed]:
    """What becomes of each packet of a sound card with such a clock."""
    placed = []
    for number in range(seconds * 50):
        there = track.place(payload(number), round(number * PACKET / rate))
        assert there is not None
        placed.append(there)
    return placed


def test_a_fast_clock_costs_a_packet_now_and_then_and_a_quiet_one() -> None:
    track = SoundTrack()
    placed = play(track, 600, 1 + 200e-6)
    left_out = [number for number, there in enumerate(placed) if not there]
    assert len(left_out) == 6
    assert {payload(number) for number in left_out} == {QUIET}
    assert track.skipped == 6 * PACKET


def test_a_slow_clock_gets_a_silent_packet_now_and_then_in_a_quiet_moment() -> None:
    track = SoundTrack()
    placed = play(track, 600, 1 - 200e-6)
    grown = [number for number, there in enumerate(placed) if len(there) > 1]
    assert len(grown) == 6
    assert all([data for data, _ in placed[number]] == [SILENCE, QUIET] for number in grown)
    assert track.skipped == 0


def test_a_moment_is_not_a_clock() -> None:
    track = SoundTrack()
    for number in range(3000):
        early = OPUS_RATE // 50 if number % 200 < 100 else 0
        assert track.place(QUIET, number * PACKET - early) == [(QUIET, number * PACKET)]


def test_a_constant_bit_rate_is_corrected_as_well() -> None:
    track = SoundTrack()
    left_out = [
        number
        for number in range(60 * 50)
        if not track.place(LOUD, round(number * PACKET / (1 + 1000e-6)))
    ]
    assert len(left_out) == 1
