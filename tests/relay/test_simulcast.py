"""Simulcast in offers and answers, and what browsers then send."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from relay.media import SlotCount
from relay.negotiation.formats import REPAIRED_RID_EXTENSION, RID_EXTENSION
from relay.negotiation.sdp import parse
from relay.negotiation.simulcast import offered_layers
from relay.peer import Peer
from relay.relay import Relay, RelaySettings
from tests.patience import PATIENCE
from tests.relay.offer_capture.browser import EXECUTABLES, BrowserName, Page, browser_page
from tests.relay.offers import answered, offer_of
from tests.scenarios.party import Party

BROWSERS: tuple[BrowserName, ...] = ("chromium", "firefox")


@pytest.mark.parametrize("browser", BROWSERS)
def test_layers_are_taken_from_who_receives_two_others(browser: BrowserName) -> None:
    _, told, negotiation = answered(f"{browser}/layers")
    camera = negotiation.uplinks[1]
    assert camera.rids == ("f", "h", "q")
    assert camera.ssrc is None  # the packets name the layer, whatever is declared
    assert {RID_EXTENSION, REPAIRED_RID_EXTENSION} <= set(camera.extensions)
    section = told.media[1]
    assert list(section.all("rid")) == ["f recv", "h recv", "q recv"]
    assert section.first("simulcast") == "recv f;h;q"
    assert not any(other.has("simulcast") for other in told.media if other is not section)


@pytest.mark.parametrize("browser", BROWSERS)
def test_a_room_of_two_has_one_layer(browser: BrowserName) -> None:
    _, told, negotiation = answered(f"{browser}/layers_for_two")
    assert negotiation.uplinks[1].rids == ()
    assert not any(section.has("simulcast") or section.has("rid") for section in told.media)


Change = Callable[[str], str]


@pytest.mark.parametrize(
    "change",
    [
        lambda sdp: sdp.replace("a=simulcast:send f;h;q", "a=simulcast:send f"),
        lambda sdp: sdp.replace("a=simulcast:send f;h;q", "a=simulcast:send f;x;y"),
        lambda sdp: sdp.replace("a=simulcast:send f;h;q", "a=simulcast:recv f;h;q"),
        lambda sdp: sdp.replace("a=simulcast:send f;h;q", "a=simulcast:send f;f;f"),
        lambda sdp: sdp.replace("a=simulcast:send f;h;q", "a=simulcast:send"),
        lambda sdp: sdp.replace("sdes:rtp-stream-id", "sdes:something"),
    ],
    ids=["one", "undeclared", "receiving", "repeated", "none", "untold apart"],
)
def test_what_are_no_layers_is_one_layer(change: Change) -> None:
    offer = change(offer_of("chromium/layers")[0])
    assert offered_layers(parse(offer).media[1]) == ()


def test_alternatives_and_paused_layers_count() -> None:
    offer = offer_of("chromium/layers")[0].replace("send f;h;q", "recv z send ~f;h,x;q")
    assert offered_layers(parse(offer).media[1]) == ("f", "h", "q")


INSTALLED = [name for name in BROWSERS if EXECUTABLES[name].exists()]


async def offer_to(peer: Peer, page: Page, options: dict[str, Any]) -> None:
    offer = await page.evaluate(f"carelayLiveOffer({json.dumps(options)})")
    answer = await peer.offer(offer["sdp"], offer["sources"])
    await page.evaluate(f"carelayLiveAnswer({json.dumps(answer.sdp)})")


async def brings(peer: Peer, layers: list[str | None]) -> None:
    """Wait until packets of all these layers come, and of no others."""
    async with asyncio.timeout(PATIENCE):
        # Counters have no event.
        while not all(track.packets > 50 for track in peer.stats().up[1:]):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    assert [track.layer for track in peer.stats().up] == [None, *layers]


@pytest.mark.timeout(4 * PATIENCE)
@pytest.mark.parametrize("browser", INSTALLED)
async def test_a_browser_sends_every_layer_and_its_retransmissions(
    browser: BrowserName, tmp_path: Path
) -> None:
    relay = await Relay.open(RelaySettings())
    room = relay.room("three")
    publisher = Party("publisher")
    for party in (publisher, Party("second"), Party("third")):
        party.peer = room.join(party.name, party)
    async with browser_page(browser, tmp_path) as page:
        connection = {"layers": True, "slots": {"audio": 2, "video": 3}}
        await offer_to(
            publisher.peer, page, {"camera": {"frameRate": 10}, "connection": connection}
        )
        await brings(publisher.peer, ["f", "h", "q"])
        assert "unknown_ssrc" not in relay.snapshot().dropped
    await relay.close()


@pytest.mark.timeout(4 * PATIENCE)
@pytest.mark.parametrize("browser", INSTALLED)
async def test_a_camera_gets_layers_when_the_room_grows(
    browser: BrowserName, tmp_path: Path
) -> None:
    relay = await Relay.open(RelaySettings())
    room = relay.room("growing")
    publisher = Party("publisher")
    for party in (publisher, Party("second")):
        party.peer = room.join(party.name, party)
    async with browser_page(browser, tmp_path) as page:
        await offer_to(publisher.peer, page, {"camera": {"frameRate": 10}})
        await brings(publisher.peer, [None])
        third = Party("third")
        third.peer = room.join(third.name, third)
        assert publisher.needed == [SlotCount(2, 3)]
        await offer_to(publisher.peer, page, {"grown": True})
        await brings(publisher.peer, ["f", "h", "q"])
    await relay.close()
