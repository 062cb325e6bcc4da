"""Sound cards and cameras whose clocks run fast or slow: sound and picture stay together,
and where they were captured.
"""

from collections.abc import Iterator
from itertools import chain, count, islice

import pytest

from tests.relay.recording.studio import LATENCY, Studio, Written
from tests.relay.recording.test_delays import DIP, dipping_tone, dips, losses
from tests.relay.rtpsource import FRAME_RATE, OPUS, VP8, Sender, Sent, pictures
from tests.support.effort import effort

SECONDS = 60 * effort(6, long=60)
CAMERA_OFF = 60 * effort(5, long=30)
FAST, SLOW = 1 + 200e-6, 1 - 200e-6
"""A second by such a clock takes as much less or more; quartzes are rarely off by half of it."""
TOGETHER = 0.04  # s; ITU-R BT.1359 has sound noticed when it is early by 45 ms
EARLIEST_TONE = DIP * 0.02


def sound(seconds: float, rate: float) -> Iterator[Sent]:
    """A tone that comes back EARLIEST_TONE after each second by the clock of the sound card."""
    sender, second = Sender("microphone", OPUS, 2), dipping_tone(50)
    for number in range(round(seconds * 50 * rate)):
        captured = number * 0.02
        yield from sender.frame(second[number % 50], captured, captured / rate + 0.02 + LATENCY)


def picture(begin: float, end: float, rate: float, sender: Sender) -> Iterator[Sent]:
    """One picture thirty times a second by the camera's clock."""
    second = pictures("VP8", FRAME_RATE, keyframe_every=FRAME_RATE)
    for number in range(round(begin * FRAME_RATE * rate), round(end * FRAME_RATE * rate)):
        captured = number / FRAME_RATE
        data = second[number % FRAME_RATE].data
        yield from sender.frame(data, captured, captured / rate + LATENCY)


def sound_errors(part: Written, rate: float) -> list[float]:
    """By how many seconds each tone is later in the file than it was captured."""
    return [heard - (second + EARLIEST_TONE) / rate for second, heard in enumerate(dips(part))]


@pytest.mark.parametrize("reports", [False, True])
@pytest.mark.parametrize(("sound_rate", "picture_rate"), [(FAST, SLOW), (SLOW, FAST)])
def test_clocks_that_run_apart_are_led_back_to_the_time(
    sound_rate: float, picture_rate: float, *, reports: bool
) -> None:
    studio = Studio()
    studio.rates = {"microphone": sound_rate, "camera": picture_rate}
    camera = picture(0, SECONDS, picture_rate, Sender("camera", VP8, 1))
    studio.run(sound(SECONDS, sound_rate), camera, reports=reports)
    (part,) = studio.finish()
    heard = sound_errors(part, sound_rate)
    seen = [
        time - number / FRAME_RATE / picture_rate
        for number, time in enumerate(part.picture_times())
    ]
    assert len(heard) == SECONDS
    assert max(map(abs, heard)) < TOGETHER
    assert max(map(abs, seen)) < TOGETHER
    by_second = islice(seen, 0, None, FRAME_RATE)
    assert max(abs(ear - eye) for ear, eye in zip(heard, by_second, strict=False)) < TOGETHER
    found = losses(part)
    drift_ms = 1000 * SECONDS * 200e-6
    corrected = found.skipped_sound_ms if sound_rate > 1 else found.silence_ms
    assert corrected == pytest.approx(drift_ms, abs=40)
    assert found.discarded_sound_ms == 0


def test_a_camera_that_was_off_for_long_is_together_with_the_sound_again() -> None:
    studio, camera = Studio(), Sender("camera", VP8, 1)
    studio.rates = {"microphone": FAST}
    end = 20 + CAMERA_OFF
    seen = chain(picture(0, 20, 1, camera), picture(end, end + 20, 1, camera))
    studio.run(sound(end + 20, FAST), seen, reports=True)
    (part,) = studio.finish()
    heard = sound_errors(part, FAST)
    assert len(heard) == end + 20
    assert max(map(abs, heard)) < TOGETHER
    shown = chain(range(20 * FRAME_RATE), count(end * FRAME_RATE))
    errors = [time - next(shown) / FRAME_RATE for time in part.picture_times()]
    assert len(errors) == 40 * FRAME_RATE
    assert max(map(abs, errors)) < TOGETHER
