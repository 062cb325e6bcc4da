"""One film of several parts, read back with FFmpeg."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from relay.composition import Piece, compose
from relay.media import PartSource
from tests.relay.recording.studio import Studio
from tests.relay.recording.test_delays import sound
from tests.relay.rtpsource import Sent, camera, microphone

RATE = 48000
BRIGHT = 25


def piece(
    folder: Path, person: str, offset_ms: int, *streams: list[Sent], source: PartSource = "camera"
) -> Piece:
    """A part as a recording has it."""
    studio = Studio()
    studio.run(*streams)
    (part,) = studio.finish()
    path = folder / f"{person} {source} {offset_ms}.webm"
    path.write_bytes(part.file())
    return Piece(lambda: path.open("rb"), person, source, offset_ms)


def film(*pieces: Piece, layout: str = "grid") -> BytesIO:
    output = BytesIO()
    compose(pieces, output, "screen" if layout == "screen" else "grid")
    output.seek(0)
    return output


def luminances(composed: BytesIO, *boxes: tuple[slice, slice]) -> Iterator[list[float]]:
    """Of each picture, how bright those rows and columns of it are."""
    with av.open(composed, "r") as container:
        for frame in container.decode(video=0):
            luminance = frame.to_ndarray(format="gray")
            yield [float(luminance[box].mean()) for box in boxes]


def heard(composed: BytesIO) -> NDArray[np.float32]:
    composed.seek(0)
    with av.open(composed, "r") as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


def level(samples: NDArray[np.float32], begin: float, end: float) -> float:
    return float(np.abs(samples[round(begin * RATE) : round(end * RATE)]).max())


def test_everybody_is_seen_and_heard_where_they_were(tmp_path: Path) -> None:
    """One is there for four seconds, the other from 1.5 to 3.5."""
    composed = film(
        piece(tmp_path, "one", 0, camera(4), sound(4)),
        piece(tmp_path, "other", 1500, camera(2), microphone(2)),
    )
    with av.open(composed, "r") as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec.name, audio.codec.name) == ("h264", "aac")
        assert (video.width, video.height) == (1280, 360)
        assert container.duration == pytest.approx(4_000_000, abs=80_000)
    composed.seek(0)
    # The pictures are 4 to 3: dark to both sides of each.
    left, right = (slice(100, 260), slice(200, 440)), (slice(100, 260), slice(840, 1080))
    seen = list(luminances(composed, left, right))
    assert all(bright > BRIGHT for bright, _ in seen[2:98])
    there = [number / 25 for number, (_, bright) in enumerate(seen) if bright > BRIGHT]
    assert there[0] == pytest.approx(1.5, abs=0.08)
    assert there[-1] == pytest.approx(3.5, abs=0.08)
    samples = heard(composed)
    # The tone of the one is silent for the first fifth of each second.
    assert level(samples, 1.07, 1.18) < 0.02
    assert level(samples, 1.3, 1.4) > 0.1
    assert level(samples, 2.07, 2.18) > 0.1, "the other speaks"
    assert level(samples, 3.6, 3.9) == pytest.approx(level(samples, 0.4, 0.9), abs=0.1)


def test_a_second_stretch_of_somebody_is_shown_in_the_same_place(tmp_path: Path) -> None:
    composed = film(
        piece(tmp_path, "one", 0, camera(1), microphone(1)),
        piece(tmp_path, "one", 2000, camera(1), microphone(1)),
    )
    seen = [bright > BRIGHT for (bright,) in luminances(composed, (slice(200, 500), slice(None)))]
    assert all(seen[3:22])
    assert not any(seen[28:48])
    assert all(seen[53:72])


def test_a_voice_alone_is_a_film_without_pictures(tmp_path: Path) -> None:
    composed = film(piece(tmp_path, "one", 500, microphone(1)))
    with av.open(composed, "r") as container:
        assert not container.streams.video
    samples = heard(composed)
    assert level(samples, 0.0, 0.4) < 0.01
    assert level(samples, 0.8, 1.2) > 0.1


def test_how_far_it_is_is_told_and_whoever_is_told_can_end_it(tmp_path: Path) -> None:
    part = piece(tmp_path, "one", 0, camera(3), microphone(3))
    shares: list[float] = []
    compose([part], BytesIO(), told=shares.append)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1], len(shares)) == (0.0, 1.0, 5)

    def enough(share: float) -> None:
        if share > 0.3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        compose([part], BytesIO(), told=enough)


def test_what_cannot_be_played_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing to compose"):
        compose([], BytesIO())
    broken = tmp_path / "broken.webm"
    broken.write_bytes(b"no film")
    with pytest.raises(av.FFmpegError):
        compose([Piece(lambda: broken.open("rb"), "one", "camera", 0)], BytesIO())
