"""Packets that come late, and captures that stand still: what came is kept, and stays
with its picture.

The sound is a tone with a dip of silence every second, the picture brightens from frame to frame:
so both tell when they were captured, and the file where they were put.
"""

import math
import random
from collections.abc import Callable
from functools import cache

import av
import numpy as np
import pytest
from av.audio.codeccontext import AudioCodecContext

from relay.recording.depacketize import OPUS_RATE
from relay.recording.losses import Losses
from tests.relay.recording.studio import LATENCY, Studio, Written
from tests.relay.rtpsource import OPUS, VP8, Sender, Sent, pictures

DIP = 10  # packets of silence that begin each second
Delay = Callable[[float], float]
Stalls = tuple[tuple[float, float], ...]
"""When, by the media's own clock, the capture stands still, and for how long."""


@cache
def dipping_tone(count: int) -> list[bytes]:
    """Opus packets of 20 ms: 440 Hz, but for the first DIP of each 50."""
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, AudioCodecContext)
    encoder.sample_rate, encoder.bit_rate = 48000, 32000
    encoder.layout, encoder.format = "mono", "s16"
    time = np.arange(960 * count)
    loud = time // 960 % 50 >= DIP
    wave = (8000 * np.sin(time * 2 * np.pi * 440 / 48000) * loud).astype(np.int16)
    packets = []
    for number in range(count):
        frame = av.AudioFrame.from_ndarray(
            wave[None, 960 * number : 960 * (number + 1)], "s16", "mono"
        )
        frame.sample_rate, frame.pts = 48000, 960 * number
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return packets


def prompt(_: float) -> float:
    return LATENCY


def sound(seconds: float, stalls: Stalls = (), delay: Delay = prompt) -> list[Sent]:
    sender, sent = Sender("microphone", OPUS, 2), list[Sent]()
    for number, data in enumerate(dipping_tone(round(seconds * 50))):
        captured = number * 0.02
        real = true_time(captured, stalls)
        sent += sender.frame(data, captured, real + 0.02 + delay(real))
    return sent


def picture(seconds: float, stalls: Stalls = (), delay: Delay = prompt) -> list[Sent]:
    sender, sent = Sender("camera", VP8, 1), list[Sent]()
    for number, (data, _) in enumerate(pictures("VP8", round(seconds * 30), keyframe_every=30)):
        captured = number / 30
        real = true_time(captured, stalls)
        sent += sender.frame(data, captured, real + delay(real))
    return sent


def true_time(media: float, stalls: Stalls) -> float:
    return media + sum(length for begin, length in stalls if media >= begin)


def in_order(sent: list[Sent]) -> list[Sent]:
    """A network that delays without overtaking."""
    latest, arrived = 0.0, list[Sent]()
    for packet in sent:
        latest = max(latest, packet.time)
        arrived.append(packet._replace(time=latest))
    return arrived


def losses(part: Written) -> Losses:
    assert part.part is not None
    found = part.part.summary().losses
    assert found is not None
    return found


def dips(part: Written) -> list[float]:
    """Where the tone comes back after each dip, in seconds of the file."""
    samples = np.abs(part.sound())
    level = samples[: len(samples) // 240 * 240].reshape(-1, 240).max(axis=1) > 0.05  # 5 ms each
    quiet_before = [0.0]
    for place, loud in enumerate(level):
        if loud and place >= 20 and not level[place - 20 : place].any():
            quiet_before.append(place * 0.005)
    return quiet_before[1:]


def swing(period: float) -> Delay:
    return lambda now: LATENCY + 0.6 - 0.6 * math.cos(2 * math.pi * now / period)


@pytest.mark.parametrize("reports", [False, True])
@pytest.mark.parametrize("delay", [swing(1.5), swing(3.0), swing(5.0), swing(20.0)])
def test_sound_that_comes_late_is_kept(delay: Delay, *, reports: bool) -> None:
    """2,000 packets with a one-way delay that swings between 0 and 1.2 s."""
    studio = Studio()
    studio.run(
        in_order(sound(40, delay=delay)), in_order(picture(40, delay=delay)), reports=reports
    )
    (part,) = studio.finish()
    found = losses(part)
    assert (found.lost_packets, found.late_packets, found.discarded_sound_ms) == (0, 0, 0)
    assert found.silence_ms <= 100
    assert len(part.sound()) / OPUS_RATE == pytest.approx(40, abs=0.1)
    assert len(part.picture_times()) == 1200
    assert together(part) < 0.06


def test_packets_that_are_held_up_and_then_come_at_once_lose_nothing() -> None:
    """Twice for 2 s, once for 4, once for 10: the server may as well have stood still."""

    def held(now: float) -> float:
        holds = ((5, 2), (10, 2), (15, 4), (22, 10))
        return LATENCY + sum(
            max(0.0, begin + length - now) for begin, length in holds if now >= begin
        )

    studio = Studio()
    studio.run(in_order(sound(40, delay=held)), in_order(picture(40, delay=held)))
    (part,) = studio.finish()
    assert losses(part) == Losses()
    assert len(part.sound()) / OPUS_RATE == pytest.approx(40, abs=0.1)
    assert len(part.picture_times()) == 1200
    assert together(part) < 0.06


@pytest.mark.parametrize("seconds", [2, 4, 10])
def test_a_server_that_stands_still_loses_nothing(seconds: float) -> None:
    """Ticks come first, as a timer does that is due:
    what was received in the meantime is handed over after them.
    """
    studio = Studio()
    streams = [*sound(20), *picture(20)]
    studio.run([sent for sent in streams if sent.time < 5])
    for sent in sorted(
        (sent for sent in streams if 5 <= sent.time < 5 + seconds), key=lambda sent: sent.time
    ):
        studio.hear(sent._replace(time=sent.time))
    studio.run([sent for sent in streams if sent.time >= 5 + seconds])
    (part,) = studio.finish()
    assert losses(part) == Losses()
    assert together(part) < 0.06


def test_sound_alone_that_is_late_waits_for_its_place() -> None:
    """The pictures come in time; the sound of 3 s comes 2 s later, and is where it belongs."""
    studio = Studio()
    late = [
        sent._replace(time=max(sent.time, 8.0 + 0.0001 * number)) if 6 <= sent.time < 8 else sent
        for number, sent in enumerate(sound(20))
    ]
    studio.run(late, picture(20))
    (part,) = studio.finish()
    assert losses(part) == Losses()
    assert together(part) < 0.06


@pytest.mark.parametrize("reports", [False, True])
@pytest.mark.parametrize("length", [0.1, 0.5, 2.0, 5.0])
def test_a_capture_that_stands_still_is_silent_there_and_together_at_once(
    length: float, *, reports: bool
) -> None:
    """A browser that freezes: the timestamps of sound and pictures go on unbroken."""
    studio = Studio()
    stalls = ((8.5, length),)
    studio.stalls = stalls
    studio.run(sound(20, stalls), picture(20, stalls), reports=reports)
    (part,) = studio.finish()
    found = losses(part)
    assert found.silence_ms == pytest.approx(length * 1000, abs=60)
    assert [(gap.cause, round(gap.begin_ms, -2)) for gap in found.gaps] == [("not_sent", 8500)] * (
        length >= 0.5
    )
    assert len(part.sound()) / OPUS_RATE == pytest.approx(20 + length, abs=0.1)
    assert together(part, resumed=8.5 + length) < 0.06
    assert part.picture_times()[-1] == pytest.approx(19.97 + length, abs=0.06)


def test_a_headset_that_is_lost_and_comes_back_is_silent_in_between() -> None:
    """Only the sound stands still."""
    studio = Studio()
    studio.run(sound(20, ((8.5, 3.0),)), picture(23))
    (part,) = studio.finish()
    found, times = dips(part), part.picture_times()
    assert found[8:11] == pytest.approx([8.2, 11.5, 12.2], abs=0.05)
    assert all(
        abs(heard - 3.2 - times[(number - 1) * 30]) < 0.06
        for number, heard in enumerate(found)
        if number > 9
    )
    assert losses(part).silence_ms == pytest.approx(3000, abs=60)


@pytest.mark.parametrize("reports", [False, True])
@pytest.mark.parametrize("step", [-10.0, 10.0])
def test_timestamps_that_leap_on_one_stream_lose_nothing(step: float, *, reports: bool) -> None:
    studio = Studio()
    leap = [leapt(sent, step) if sent.time >= 8.02 else sent for sent in sound(20)]
    studio.leaps["microphone"] = (8.0, step)
    studio.run(leap, picture(20), reports=reports)
    (part,) = studio.finish()
    found = losses(part)
    assert (found.lost_packets, found.late_packets, found.discarded_sound_ms) == (0, 0, 0)
    assert found.silence_ms <= 60
    assert len(part.sound()) / OPUS_RATE == pytest.approx(20, abs=0.1)
    assert together(part) < 0.06


def leapt(sent: Sent, seconds: float) -> Sent:
    timestamp = (
        int.from_bytes(sent.packet[4:8], "big") + round(seconds * sent.codec.clock_rate)
    ) % 2**32
    return sent._replace(packet=sent.packet[:4] + timestamp.to_bytes(4, "big") + sent.packet[8:])


@pytest.mark.parametrize("measured", [False, True])
def test_pictures_sent_again_over_a_long_way_are_kept(*, measured: bool) -> None:
    """A round trip of 600 ms, 1 % loss, every lost packet is sent again;
    some of them are lost again.
    """
    chance, sent = random.Random(5), list[Sent]()
    for packet in picture(60):
        late = 0.0
        while chance.random() < 0.01:
            late += 0.65 if late == 0 else 0.72
        sent.append(packet._replace(time=packet.time + 0.3 + late))
    studio = Studio()
    if measured:
        studio.capture.round_trip(0.6)
    studio.run(sent)
    (part,) = studio.finish()
    assert len(part.picture_times()) >= 0.98 * 1800


def together(part: Written, resumed: float = 0.0) -> float:
    """The largest distance of a picture from its sound, in seconds;
    at `resumed` the tone came back of itself.
    """
    times = part.picture_times()
    found = [heard for heard in dips(part) if abs(heard - resumed) > 0.06]
    assert len(found) == len(times) // 30
    return max(abs(heard - 0.2 - times[number * 30]) for number, heard in enumerate(found))
