"""A room of three browsers is recorded while one of them stops and sends its largest layer."""

import time
from io import BytesIO
from itertools import groupby, pairwise
from pathlib import Path

import av
import pytest

from relay.recorder import Recorder
from tests.patience import PATIENCE
from tests.relay.browser_room import (
    FULL,
    HALF,
    Participant,
    room_of_three,
    until_shown,
    until_widths,
)
from tests.relay.test_recorder import Archive, Sink

STILL = 5.0
"""Seconds in which a browser on a busy machine may send no picture; how soon the recorder is on
another layer, tests/relay/engine/test_layers.py tells on a clock of its own.
"""


def decoded(sink: Sink) -> list[tuple[float, int]]:
    """Time (s) and width of every picture of a part; raises if one cannot be decoded."""
    assert sink.summary is not None
    file = sink.summary.seek_header + bytes(sink.data[sink.summary.body_offset :])
    with av.open(BytesIO(file), "r") as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    with av.open(BytesIO(file), "r") as container:
        container.streams.video[0].codec_context.options = {"err_detect": "explode"}
        frames = [(frame.time or 0.0, frame.width) for frame in container.decode(video=0)]
    assert len(frames) == len(packets)
    return frames


async def without_largest(sender: Participant, receiver: Participant) -> None:
    """The largest layer rests until the other one sees the next."""
    await sender.page.evaluate("carelayLayer('f', false)")
    await until_shown(receiver, [HALF, FULL])
    await sender.page.evaluate("carelayLayer('f', true)")
    await until_shown(receiver, [FULL, FULL])


@pytest.mark.timeout(6 * PATIENCE)
async def test_each_is_one_file_that_plays_through(tmp_path: Path) -> None:
    archive = Archive()
    async with room_of_three(tmp_path, {}) as (room, (ann, bob, eve)):
        for person in (ann, bob, eve):
            await until_widths(person, [FULL, FULL])
        recorder = Recorder(room, ["ann", "bob", "eve"], archive.open, archive.failures.append)
        recorder.start()
        began = time.monotonic()
        await until_shown(bob, [FULL, FULL])
        await without_largest(ann, bob)
        seconds = time.monotonic() - began
        await recorder.stop()
    assert archive.failures == []
    parts = {sink.description.participant_id: decoded(sink) for sink in archive.sinks}
    assert len(archive.sinks) == len(parts) == 3
    for name, frames in parts.items():
        times = [at for at, _ in frames]
        widths = [width for width, _ in groupby(width for _, width in frames)]
        assert widths[0] == widths[-1] == FULL
        assert name != "ann" or HALF in widths
        assert all(before < after for before, after in pairwise(times))
        assert times[-1] - times[0] > seconds - STILL
