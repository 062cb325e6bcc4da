"""One file in the making: where its pictures go beside its sound."""

from itertools import pairwise

from relay.recording.depacketize import Frame
from relay.recording.part import Part
from relay.recording.webm import VideoFormat
from tests.relay.recording.test_webm import blocks
from tests.relay.rtpsource import pictures, tone


def test_pictures_follow_at_double_speed_when_their_sound_has_caught_up() -> None:
    """A second of sound comes twice as fast as time passes, so that it lags,
    until a pause makes up for that.
    """
    data = pictures("VP8", 1)[0].data
    written = list[bytes]()
    part = Part(VideoFormat.of("VP8", data), 0.0, written.append, audio=True)
    sound = [number / 100 for number in range(100)] + [2 + number / 50 for number in range(200)]
    heard: list[tuple[float, bytes | None]] = list(zip(sound, tone(len(sound)), strict=True))
    seen: list[tuple[float, bytes | None]] = [(number / 30, None) for number in range(180)]
    for time, payload in sorted(heard + seen, key=lambda event: event[0]):
        if payload is None:
            part.video(Frame(data, True, 0, time), time)
        else:
            part.audio(Frame(payload, True, 0, time), time)
    part.close()
    times = [time for time, track in blocks(written) if track == 1]
    assert max(times) <= 5967
    assert max(later - earlier for earlier, later in pairwise(times)) < 100
    assert times[59] > 2500, "the last picture of the pause goes with the sound before it"
    assert min(later - earlier for earlier, later in pairwise(times)) >= 16
    assert times[-30:] == [round(1000 * number / 30) for number in range(150, 180)]
