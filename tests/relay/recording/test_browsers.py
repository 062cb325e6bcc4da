"""Chromium and Firefox play and seek parts over HTTP Range, as they are and
as a crash left them.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from relay.recording.depacketize import Frame
from relay.recording.part import Part
from relay.recording.seekable import scan
from relay.recording.webm import Muxer, VideoFormat
from tests.relay.rtpsource import pictures, tone

PLAYER = Path(__file__).with_name("play.mjs")
SECONDS = 12


def live_file(codec: str | None) -> bytes:
    """Keyframes every 4 s; sound alone without codec."""
    encoded = pictures(codec, SECONDS * 30, keyframe_every=120) if codec else []
    muxer = Muxer(VideoFormat.of(codec, encoded[0].data) if codec else None, audio=True)
    pieces: list[bytes] = []
    for number, payload in enumerate(tone(SECONDS * 50)):
        pieces += muxer.audio(payload, number * 960)
        for picture in range(number * 3 // 5, (number + 1) * 3 // 5) if codec else ():
            data, keyframe = encoded[picture]
            pieces += muxer.video(Frame(data, keyframe, 0, 0.0), picture * 1000 // 30)
    return b"".join(pieces + muxer.close())


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[str]:
    """Serves the files of the folder with Range, and an empty page."""
    (tmp_path / "files").mkdir()
    app = web.Application()
    app.router.add_get("/", empty_page)
    app.router.add_static("/files", tmp_path / "files")
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def empty_page(_: web.Request) -> web.Response:
    return web.Response(text="<!doctype html>", content_type="text/html")


async def play(browser: str, urls: list[str]) -> list[dict[str, float]]:
    process = await asyncio.create_subprocess_exec(
        "node",
        PLAYER,
        browser,
        *urls,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(90):
            output, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    assert process.returncode == 0, errors.decode()
    seen: list[dict[str, float]] = json.loads(output)
    return seen


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
async def test_a_browser_shows_the_last_picture_until_the_part_ends(
    browser: str, site: str, tmp_path: Path
) -> None:
    """A shared screen that stands still after half a second."""
    encoded, live = pictures("VP8", 15), bytearray()
    part = Part(VideoFormat.of("VP8", encoded[0].data), 0.0, live.extend, audio=False)
    for number, (data, keyframe) in enumerate(encoded):
        part.video(Frame(data, keyframe, 0, 0.0), number / 30)
    part.close(20.5)
    summary = part.summary()
    assert summary.duration_ms == 20_500
    (tmp_path / "files" / "still.webm").write_bytes(
        summary.seek_header + live[summary.body_offset :]
    )
    (seen,) = await play(browser, [f"{site}/files/still.webm"])
    assert seen["duration"] == pytest.approx(20.5, abs=0.01)
    assert seen["at"] == pytest.approx(8.2, abs=0.1)
    assert seen["then"] == pytest.approx(40 + 14, abs=3)


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
async def test_a_browser_plays_and_seeks(browser: str, site: str, tmp_path: Path) -> None:
    whole, sound = live_file("VP8"), live_file(None)
    torn = whole[: len(whole) * 9 // 10]
    lives = {
        "whole.webm": whole,
        "torn.webm": torn,
        "sound.webm": sound,
        "h264.mkv": live_file("H264"),
    }
    summaries = {name: scan([live]) for name, live in lives.items()}
    for name, summary in summaries.items():
        served = summary.seek_header + lives[name][summary.body_offset :]
        (tmp_path / "files" / name).write_bytes(served)
    played = await play(browser, [f"{site}/files/{name}" for name in lives])
    for (name, summary), seen in zip(summaries.items(), played, strict=True):
        assert seen["duration"] == pytest.approx(summary.duration_ms / 1000, abs=0.1)
        assert seen["seekable"] == pytest.approx(seen["duration"], abs=0.1)
        assert seen["at"] == pytest.approx(seen["duration"] * 0.4, abs=0.1)
        assert seen["played"] >= 0.5
        assert seen["width"] == (0 if name == "sound.webm" else 160)
        if name != "sound.webm":
            # Each picture is one level brighter.
            assert seen["then"] == pytest.approx(40 + seen["at"] * 30, abs=8)
