"""What comes of a session does not change unless it is meant to."""

import hashlib
import json
from io import BytesIO
from pathlib import Path

import av
import pytest

from tests.relay.recording.session import play
from tests.relay.recording.studio import Studio, Written

VECTORS = Path(__file__).parents[2] / "vectors" / "recorded_sessions.json"
SEEDS = range(6)


def recorded(seed: int, batch: float = 0.0) -> list[Written]:
    studio = Studio(batch)
    play(studio, seed)
    return studio.finish()


def told(part: Written) -> dict[str, object]:
    """What a player gets of a part, whichever version of the muxer wrote it."""
    digest, packets = hashlib.sha256(), 0
    with av.open(BytesIO(part.file()), "r") as container:
        # Each track in its order.
        for packet in sorted(container.demux(), key=lambda packet: packet.stream.type):
            if packet.size:
                place = f"{packet.stream.type} {packet.pts} {packet.is_keyframe} ".encode()
                digest.update(place + bytes(packet))
                packets += 1
    kind = f"{part.source} {part.media_type}"
    return {
        "part": kind,
        "zero": round(part.zero, 6),
        "packets": packets,
        "sha256": digest.hexdigest(),
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_a_session_is_recorded_as_it_ever_was(seed: int) -> None:
    assert [told(part) for part in recorded(seed)] == json.loads(VECTORS.read_text())[str(seed)]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("batch", [0.04, 0.3])
def test_it_is_the_same_to_the_octet_however_the_packets_are_handed_over(
    seed: int, batch: float
) -> None:
    """But for the header, in which each file has a random name."""
    assert [clusters(part) for part in recorded(seed, batch)] == [
        clusters(part) for part in recorded(seed)
    ]


def clusters(part: Written) -> bytes:
    assert part.part is not None
    return bytes(part.data[part.part.summary().body_offset :])
