"""Real browsers as participants of one room, each by a link of its own, and what they see."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from relay.media import Assignment, SlotCount
from relay.peer import Peer
from relay.relay import Relay, RelaySettings
from relay.room import Room
from tests.patience import PATIENCE
from tests.relay.offer_capture.browser import Page, chromium_pages
from tests.relay.slow_link import SlowLink
from tests.scenarios.party import Party

CAMERA = {"width": 960, "height": 540, "frameRate": 10}
"""The least of which Chromium makes three layers: all encoders and decoders share the machine."""
FULL, HALF, QUARTER = 960, 480, 240
"""Widths of the layers, in pixels."""
START = "x-google-start-bitrate=2500"  # else Chromium takes half a minute to the full picture


@dataclass
class Participant:
    """One page and its peer."""

    name: str
    page: Page
    peer: Peer | None = None
    connected: asyncio.Event = field(default_factory=asyncio.Event)

    def peer_connected(self) -> None:
        self.connected.set()

    def peer_disconnected(self, reason: str) -> None:
        pass

    def need_offer(self, slots: SlotCount) -> None:
        pass

    def assignments_changed(self, assignments: Sequence[Assignment]) -> None:
        pass

    async def connect(self, port: int) -> None:
        """Offer layers, take the answer; `port` stands in for the relay's own."""
        assert self.peer is not None
        needed = self.peer.slots_needed
        slots = {"audio": needed.audio, "video": needed.video}
        options = {"camera": CAMERA, "connection": {"layers": True, "slots": slots}}
        offer = await self.page.evaluate(f"carelayLiveOffer({json.dumps(options)})")
        await self.page.evaluate("carelayPlay()")
        answer = await self.peer.offer(offer["sdp"], offer["sources"])
        sdp = re.sub(r"(a=rtpmap:(\d+) VP8/90000)", rf"\1\r\na=fmtp:\2 {START}", answer.sdp)
        sdp = re.sub(r"(a=candidate:\S+ 1 udp \d+ \S+) \d+ typ", rf"\1 {port} typ", sdp)
        await self.page.evaluate(f"carelayLiveAnswer({json.dumps(sdp)})")
        await asyncio.wait_for(self.connected.wait(), PATIENCE)

    async def widths(self) -> list[int]:
        """Of the pictures it sees."""
        return [
            video["frameWidth"] for video in (await self.page.evaluate("carelayVideos()")).values()
        ]


@asynccontextmanager
async def room_of(people: list[Participant], links: dict[str, SlowLink]) -> AsyncIterator[Room]:
    """All connected, by the links of those that have one;
    somebody without a browser makes two of them three.
    """
    relay = await Relay.open(RelaySettings())
    room = relay.room("consultation")
    if len(people) < 3:
        third = Party("third")
        third.peer = room.join(third.name, third)
    for person in people:
        person.peer = room.join(person.name, person)
    try:
        for person in people:
            link = links.get(person.name)
            await person.connect((await link.open(relay.port)).port if link else relay.port)
        yield room
    finally:
        for link in links.values():
            link.close()
        await relay.close()


@asynccontextmanager
async def room_of_three(
    folder: Path, links: dict[str, SlowLink]
) -> AsyncIterator[tuple[Room, list[Participant]]]:
    """Pages of one Chromium."""
    async with chromium_pages(3, folder) as pages:
        people = [
            Participant(name, page) for name, page in zip(("ann", "bob", "eve"), pages, strict=True)
        ]
        async with room_of(people, links) as room:
            yield room, people


async def until_widths(person: Participant, widths: list[int]) -> None:
    """Wait until it sees pictures of these widths."""
    await until_shown(person, widths, pictures=0)


async def until_shown(person: Participant, widths: list[int], pictures: int = 20) -> None:
    """Wait until it has seen so many of these widths of everybody, one after the other."""
    seen: dict[str, Any] = {}
    first: dict[str, int] = {}
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                seen = await person.page.evaluate("carelayVideos()")
                decoded = {mid: video["framesDecoded"] for mid, video in seen.items()}
                if [video["frameWidth"] for video in seen.values()] != widths:
                    first = {}
                elif not first:
                    first = decoded
                if first and all(decoded[mid] >= first[mid] + pictures for mid in decoded):
                    return
                await asyncio.sleep(0.25)
    except TimeoutError:
        sends = await person.page.evaluate("carelaySending()")
        pytest.fail(f"{person.name} sees {seen}, not {pictures} of {widths}; sends {sends}")
