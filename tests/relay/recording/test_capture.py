"""One participant's packets through a bad network, and what a player makes of the parts."""

import re
from io import BytesIO
from itertools import pairwise
from typing import Any, NoReturn

import av
import numpy as np
import pytest
from av.video.codeccontext import VideoCodecContext
from numpy.typing import NDArray

from relay.media import Codec
from relay.recording.capture import Capture
from relay.recording.jitterbuffer import UNKNOWN_WAIT
from relay.recording.seekable import scan
from relay.recording.stream import KEYFRAME_INTERVAL
from tests.relay.recording.studio import LATENCY, Studio
from tests.relay.rtpsource import (
    FRAME_RATE,
    H264,
    OPUS,
    VP8,
    Sender,
    Sent,
    camera,
    microphone,
    network,
    packets,
    pictures,
    tone,
)


def arrive(sent: list[Sent]) -> list[Sent]:
    return network(sent, 1)


@pytest.mark.parametrize("codec", [VP8, H264])
def test_camera_and_microphone_share_one_part(codec: Codec) -> None:
    studio = Studio()
    studio.run(arrive(camera(4, codec)), arrive(microphone(4)))
    (part,) = studio.finish()
    kind = (
        r'video/webm; codecs="vp8, opus"'
        if codec is VP8
        else r'video/x-matroska; codecs="avc1.42c0.., opus"'
    )
    assert part.source == "camera"
    assert re.fullmatch(kind, part.media_type)
    times = part.picture_times()
    assert len(times) == 120
    assert times == sorted(set(times))
    assert times[-1] - times[0] == pytest.approx(119 / FRAME_RATE, abs=0.01)
    assert len(part.sound()) / 48000 == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize("seed", range(5))
def test_late_reordered_and_repeated_packets_cost_nothing(seed: int) -> None:
    studio = Studio()
    studio.run(
        network(camera(4), seed, repeated=0.1, late=0.2),
        network(microphone(4), seed, repeated=0.1, late=0.2),
    )
    (part,) = studio.finish()
    times = part.picture_times()
    assert len(times) == 120
    assert times == sorted(set(times))
    loud = np.abs(part.sound()[4800:168000]).reshape(-1, 480).max(axis=1)
    assert loud.min() > 0.1  # 10 ms anywhere in the tone


@pytest.mark.parametrize("seed", range(5))
def test_lost_packets_leave_clean_pictures_and_sound_of_full_length(seed: int) -> None:
    """A keyframe each second, as the requests would bring;
    every picture must decode to what was sent.
    """
    studio = Studio()
    studio.run(
        network(camera(6, keyframe_every=30), seed, loss=0.02, late=0.05),
        network(microphone(6), seed, loss=0.05),
    )
    (part,) = studio.finish()
    assert len(part.sound()) / 48000 == pytest.approx(6, abs=0.15)
    assert {source for _, source in studio.requests} == {"camera"}
    with av.open(BytesIO(part.file()), "r") as container:
        decoded = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    assert 20 < len(decoded) < 180
    originals = decoded_originals(180, keyframe_every=30)
    assert all(
        any(np.array_equal(picture, original) for original in originals) for picture in decoded
    )


def decoded_originals(count: int, keyframe_every: int) -> list[NDArray[Any]]:
    decoder = av.CodecContext.create("vp8", "r")
    assert isinstance(decoder, VideoCodecContext)
    frames = []
    for data, _ in pictures("VP8", count, keyframe_every=keyframe_every):
        frames += decoder.decode(av.Packet(data))
    return [frame.to_ndarray(format="gray") for frame in frames]


def test_sound_and_picture_stay_together() -> None:
    """Picture and sound are captured together; the picture takes 150 ms longer to be sent,
    and reports tell so.
    """
    studio = Studio()
    studio.run(
        [sent._replace(time=sent.time + 0.15) for sent in arrive(camera(5))],
        arrive(microphone(5)),
        reports=True,
    )
    (part,) = studio.finish()
    assert part.zero == pytest.approx(LATENCY, abs=0.04)
    assert part.picture_times()[-1] == pytest.approx(149 / FRAME_RATE, abs=0.04)


def test_sound_before_a_camera_is_a_part_of_its_own() -> None:
    studio = Studio()
    studio.run(arrive(microphone(6)), arrive(camera(3, begin=3)))
    sound, both = studio.finish()
    assert (sound.media_type, both.media_type) == (
        'audio/webm; codecs="opus"',
        'video/webm; codecs="vp8, opus"',
    )
    assert sound.zero == pytest.approx(LATENCY, abs=0.05)
    assert 3 < both.zero < 3.5
    assert len(sound.sound()) / 48000 == pytest.approx(both.zero - sound.zero, abs=0.05)
    assert len(both.sound()) / 48000 == pytest.approx(6 - both.zero, abs=0.05)
    assert len(both.picture_times()) == 90


def test_sound_that_comes_before_the_first_keyframe_belongs_to_the_part() -> None:
    studio = Studio()
    studio.run(arrive(microphone(3)), arrive(camera(2.5, begin=0.5)))
    (part,) = studio.finish()
    assert part.zero == pytest.approx(LATENCY, abs=0.05)
    assert part.picture_times()[0] == pytest.approx(0.5, abs=0.05)


def test_a_camera_without_a_microphone_has_a_silent_track() -> None:
    studio = Studio()
    studio.run(arrive(camera(4)))
    (part,) = studio.finish()
    assert np.abs(part.sound()).max() < 0.001
    assert 3 < len(part.sound()) / 48000 < 4


def test_a_microphone_that_pauses_does_not_shift_what_follows() -> None:
    """First 1 s of tone, 3 s of nothing, not even DTX, then tone again,
    with one DTX packet in between.
    """
    studio = Studio()
    sender, sent = Sender("microphone", OPUS), list[Sent]()
    for number, payload in enumerate(tone(300)):
        if not 50 <= number < 200:
            sent += sender.frame(payload, number * 0.02)
        elif number == 120:
            sent += sender.frame(b"\xf8", number * 0.02)
    studio.run(arrive(sent))
    (part,) = studio.finish()
    loud = np.abs(part.sound()[: 48000 * 5]).reshape(-1, 2400).max(axis=1) > 0.05
    assert loud[1:19].all()
    assert not loud[24:78].any()
    assert loud[82:].all()


@pytest.mark.parametrize("streams", ["both", "sound", "picture"])
@pytest.mark.parametrize("loss", [0.0, 0.02])
def test_a_crash_at_any_time_loses_less_than_two_seconds(streams: str, loss: float) -> None:
    """Of what was captured; storing each second adds one more."""
    studio = Studio()
    video = network(camera(10, keyframe_every=10), 1, loss=loss) if streams != "sound" else []
    sound = network(microphone(10), 2, loss=loss) if streams != "picture" else []
    for half_seconds in range(20):
        begin = half_seconds / 2
        studio.run(
            *(
                [sent for sent in stream if begin <= sent.time < begin + 0.5]
                for stream in (video, sound)
            )
        )
        now = begin + 0.5
        if now > 2:
            written = studio.parts[-1]
            assert written.zero + scan([bytes(written.data)]).duration_ms / 1000 > now - 2
    studio.finish()


def test_the_screen_is_a_part_of_its_own() -> None:
    studio = Studio()
    screen = [sent._replace(source="screen") for sent in arrive(camera(2, begin=1, ssrc=5))]
    studio.run(arrive(camera(4)), arrive(microphone(4)), screen)
    studio.capture.source_ended("screen")
    assert studio.parts[1].closed
    first, second = studio.finish()
    assert (second.source, second.media_type) == ("screen", 'video/webm; codecs="vp8"')
    assert second.zero == pytest.approx(1 + LATENCY, abs=0.05)
    assert (len(first.picture_times()), len(second.picture_times())) == (120, 60)


def test_a_screen_that_stands_still_lasts_until_it_ends() -> None:
    """Half a second of pictures and then none for 20 s, while the microphone goes on."""
    studio = Studio()
    screen = [sent._replace(source="screen") for sent in arrive(camera(0.5, begin=1, ssrc=5))]
    studio.run(arrive(microphone(21.5)), screen)
    studio.capture.source_ended("screen")
    (part,) = [part for part in studio.finish() if part.source == "screen"]
    assert part.part is not None
    assert part.part.summary().duration_ms == pytest.approx(20_500, abs=150)
    assert len(part.picture_times()) == 15


def test_another_codec_begins_another_part() -> None:
    studio = Studio()
    studio.run(arrive(camera(2)), arrive(microphone(4)), arrive(camera(2, H264, begin=2, ssrc=9)))
    first, second = studio.finish()
    assert "vp8" in first.media_type
    assert "avc1" in second.media_type
    assert (len(first.picture_times()), len(second.picture_times())) == (60, 60)


def test_another_picture_size_stays_in_the_part() -> None:
    studio = Studio()
    larger = camera(1, begin=1, ssrc=9, size=(96, 64))  # type: ignore[arg-type] # of pictures()
    studio.run(arrive(camera(1)), arrive(microphone(2)), arrive(larger))
    (part,) = studio.finish()
    with av.open(BytesIO(part.file()), "r") as container:
        assert {(frame.width, frame.height) for frame in container.decode(video=0)} == {
            (160, 120),
            (96, 64),
        }


def test_who_leaves_and_comes_back_gets_a_new_part() -> None:
    studio = Studio()
    studio.run(arrive(camera(2)), arrive(microphone(2)), until=2.5)
    studio.capture.source_ended("microphone")
    assert not studio.parts[0].closed
    studio.capture.source_ended("camera")
    assert [part.closed for part in studio.parts] == [True]
    studio.run(arrive(camera(2, begin=5, ssrc=7)), arrive(microphone(2, begin=5, ssrc=8)))
    first, second = studio.finish()
    assert second.zero - first.zero == pytest.approx(5, abs=0.05)
    assert (len(first.picture_times()), len(second.picture_times())) == (60, 60)


def test_a_call_of_a_moment_is_kept() -> None:
    studio = Studio()
    studio.run(arrive(microphone(0.2)))
    (part,) = studio.finish()
    assert len(part.sound()) / 48000 == pytest.approx(0.2, abs=0.03)


def test_keyframes_are_asked_for_at_the_beginning_and_every_ten_seconds() -> None:
    studio = Studio()
    encoded = pictures("VP8", 2)
    sender = Sender("camera", VP8)
    times = [number / 10 for number in range(250)]
    sent = [
        packet
        for at in times
        for packet in sender.frame(encoded[0].data if at in (1.0, 12.0) else encoded[1].data, at)
    ]
    studio.run(arrive(sent))
    asked = [at for at, _ in studio.requests]
    assert asked[0] < 0.3
    assert all(later - earlier > 0.99 for earlier, later in pairwise(asked))
    for begun in (1, 12):
        assert [at for at in asked if begun + 0.1 < at < begun + KEYFRAME_INTERVAL] == []
    assert any(11 < at < 12 for at in asked)
    assert any(at > 22 for at in asked)


def test_a_gap_is_waited_for_and_then_a_keyframe_is_asked_for() -> None:
    studio = Studio()
    sent = arrive(camera(3))
    del sent[100]
    studio.run(sent)
    lost_at = sent[100].time
    assert next(at for at, _ in studio.requests if at > 0.5) == pytest.approx(
        lost_at + UNKNOWN_WAIT, abs=0.15
    )


def test_a_codec_that_is_not_recorded_changes_nothing() -> None:
    studio = Studio()
    sent = arrive(camera(1))
    studio.capture.rtp("camera", Codec(98, "AV1", 90000), 1, 0, [(0, True, b"x", 0.0)])
    studio.run(sent)
    (part,) = studio.finish()
    assert len(part.picture_times()) == 30


def test_an_error_in_writing_is_told_and_does_not_rise() -> None:
    studio = Studio()

    def fail(*_: object, **__: object) -> NoReturn:
        raise ZeroDivisionError

    failing = Capture(fail, studio.end_part, lambda _: None, studio.failures.append)
    for sent in arrive(camera(1)):
        failing.rtp(sent.source, sent.codec, *packets(sent))
    assert isinstance(studio.failures[0], ZeroDivisionError)
