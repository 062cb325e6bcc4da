"""What compliance staff see and hear of a recording."""

import io
from typing import Any

import av

from tests.scenarios.server_process import Person


async def decoded(compliance: Person, recording: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """participant → seconds of pictures and of sound that PyAV decodes, of each one's only part."""
    playback = await compliance.post(
        f"recordings/{recording['recording_id']}/playback", purpose="PATRQT"
    )
    detail = await compliance.get(f"recordings/{recording['recording_id']}")
    assert detail["authenticity"] == "authentic"
    found = {}
    for part in detail["parts"]:
        assert part["authenticity"] == "authentic"
        async with compliance.http.get(playback["urls"][part["part_id"]]) as response:
            assert response.status == 200
            found[part["participant_id"]] = seconds_of(await response.read())
    return found


def seconds_of(data: bytes) -> tuple[float, float]:
    pictures = sounds = 0.0
    with av.open(io.BytesIO(data), "r") as container:
        assert container.duration, "seekable: the duration is in the header"
        for frame in container.decode(video=0, audio=0):
            if isinstance(frame, av.VideoFrame):
                pictures = max(pictures, frame.time or 0)
            elif isinstance(frame, av.AudioFrame):
                sounds = max(sounds, frame.time or 0)
    return pictures, sounds
