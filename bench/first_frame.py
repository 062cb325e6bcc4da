"""Accept to the first remote frame, and the cameras' bitrates 5 s later,
in Chromium (`first_frame.mjs`).
"""

import asyncio
import json
from pathlib import Path
from statistics import median
from typing import Any

REPETITIONS = 3
SCRIPT = Path(__file__).with_suffix(".mjs")
BARS = {"first_frame_ms": 1000, "camera_bps": 1_000_000}


async def measure() -> dict[str, object]:
    """Medians. Raises RuntimeError if the browser's part fails,
    whose reason is on standard error.
    """
    process = await asyncio.create_subprocess_exec(
        "node", SCRIPT, str(REPETITIONS), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"{SCRIPT.name} ended with {process.returncode}")
    return summary(json.loads(output))


def summary(measured: dict[str, Any]) -> dict[str, object]:
    """Of what the script printed."""
    return {
        "chromium": measured["chromium"],
        "bars": BARS,
        "carelay": _medians(measured["carelay"]),
        "floor_two_connections_in_one_page": _medians(measured["floor"]),
        "repetitions": {name: measured[name] for name in ("carelay", "floor")},
    }


def _medians(repetitions: list[dict[str, Any]]) -> dict[str, object]:
    cameras = [camera for one in repetitions for camera in one["cameras"]]
    return {
        "first_frame_ms": round(median(one["firstFrameMs"] for one in repetitions)),
        "camera_bps": round(median(camera["bps"] for camera in cameras), -3),
        "camera_frame_height": median(camera["frameHeight"] for camera in cameras),
        "camera_frames_per_second": median(camera["framesPerSecond"] for camera in cameras),
        "camera_limited_by": sorted({camera["limitedBy"] for camera in cameras}),
    }
