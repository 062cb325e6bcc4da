"""What a real browser shows when the relay puts it on another layer, whatever numbers
that layer counts by.
"""

import asyncio
import json
from pathlib import Path

import pytest

from relay.relay import Relay, RelaySettings
from tests.patience import PATIENCE
from tests.relay.layered_camera import Layer, LayeredCamera, layered_camera
from tests.relay.offer_capture.browser import EXECUTABLES, BrowserName, Page, browser_page
from tests.scenarios.party import Party

BROWSERS = [name for name, executable in EXECUTABLES.items() if executable.exists()]
ENOUGH = 150
"""Pictures after a switch: more than the layers' numbers are apart."""


async def view(viewer: Party, page: Page) -> None:
    """The page receives what the room has."""
    options = {"camera": {"frameRate": 5}, "connection": {"slots": {"audio": 2, "video": 3}}}
    offer = await page.evaluate(f"carelayLiveOffer({json.dumps(options)})")
    await page.evaluate("carelayPlay()")
    answer = await viewer.peer.offer(offer["sdp"], offer["sources"])
    await page.evaluate(f"carelayLiveAnswer({json.dumps(answer.sdp)})")


async def until_shown(page: Page, width: int, pictures: int = 0) -> int:
    """Wait until it shows that size and has decoded so many pictures in all; returns how many."""
    seen: dict[str, dict[str, int]] = {}
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                seen = await page.evaluate("carelayVideos()")
                for video in seen.values():
                    if video["frameWidth"] == width and video["framesDecoded"] >= pictures:
                        return video["framesDecoded"]
                await asyncio.sleep(0.05)
    except TimeoutError:
        pytest.fail(f"{width} wide and {pictures} pictures are awaited; it sees {seen}")


def asked_by(viewer: Party) -> int:
    """Keyframes that its decoders could not go on without."""
    return sum(slot.plis for slot in viewer.peer.stats().down)


async def switch_up(camera: LayeredCamera, viewer: Party, page: Page, behind: int) -> None:
    """To a layer whose numbers are that far behind those of the one before;
    the decoder asks for nothing.
    """
    small, large = camera.layers["q"], camera.layers["f"]
    large.picture_id = (small.picture_id - behind) & 0x7FFF
    large.tl0 = (small.tl0 - behind) & 0xFF
    large.place, large.sent = 0, True
    asked = asked_by(viewer)
    shown = await until_shown(page, large.size[0])
    await until_shown(page, large.size[0], shown + ENOUGH)
    assert asked_by(viewer) == asked


@pytest.mark.timeout(6 * PATIENCE)
@pytest.mark.parametrize("browser", BROWSERS)
async def test_no_picture_stands_still_after_a_switch(browser: BrowserName, tmp_path: Path) -> None:
    relay = await Relay.open(RelaySettings())
    room = relay.room("switching")
    viewer, third = Party("viewer"), Party("third")
    for party in (viewer, third):
        party.peer = room.join(party.name, party)
    large = Layer("f", (320, 240), 7002, 500, 40, 900_000, sent=False)
    small = Layer("q", (160, 120), 7001, 32_700, 250, 1000)
    async with (
        layered_camera(room, [large, small]) as camera,
        browser_page(browser, tmp_path) as page,
    ):
        await view(viewer, page)
        await until_shown(page, 160)
        for behind in (20, 100):
            await switch_up(camera, viewer, page, behind)
            large.sent = False
            await until_shown(page, 160)
    await relay.close()
