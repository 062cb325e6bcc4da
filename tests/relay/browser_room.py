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
from tests.relay.offer_capture.browser import Page, chromium_pages
from tests.relay.slow_link import SlowLink
from tests.scenarios.party import Party

FRAME_RATE = 10  # three encoders and six decoders of 720p share the machine
START = "x-google-start-bitrate=2500"  # else Chromium takes half a minute to 720p


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
        options = {"frameRate": FRAME_RATE, "connection": {"layers": True, "slots": slots}}
        offer = await self.page.evaluate(f"carelayLiveOffer({json.dumps(options)})")
        await self.page.evaluate("carelayPlay()")
        answer = await self.peer.offer(offer["sdp"], offer["sources"])
        sdp = re.sub(r"(a=rtpmap:(\d+) VP8/90000)", rf"\1\r\na=fmtp:\2 {START}", answer.sdp)
        sdp = re.sub(r"(a=candidate:\S+ 1 udp \d+ \S+) \d+ typ", rf"\1 {port} typ", sdp)
        await self.page.evaluate(f"carelayLiveAnswer({json.dumps(sdp)})")
        await asyncio.wait_for(self.connected.wait(), 20)

    async def widths(self) -> list[int]:
        """Of the pictures it sees."""
        return [video["frameWidth"] for video in (await self.page.evaluate("carelayVideos()")).values()]


@asynccontextmanager
async def room_of(people: list[Participant], links: dict[str, SlowLink]) -> AsyncIterator[Room]:
    """All connected, by the links of those that have one; somebody without a browser makes two of them three."""
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
async def room_of_three(folder: Path, links: dict[str, SlowLink]) -> AsyncIterator[tuple[Room, list[Participant]]]:
    """Pages of one Chromium."""
    async with chromium_pages(3, folder) as pages:
        people = [Participant(name, page) for name, page in zip(("ann", "bob", "eve"), pages, strict=True)]
        async with room_of(people, links) as room:
            yield room, people


async def until_widths(person: Participant, widths: list[int], seconds: float) -> None:
    """Wait until it sees pictures of these widths."""
    seen: list[int] = []
    try:
        async with asyncio.timeout(seconds):
            while (seen := await person.widths()) != widths:  # noqa: ASYNC110  a page is asked
                await asyncio.sleep(0.25)
    except TimeoutError:
        pytest.fail(
            f"{person.name} sees {seen}, not {widths}; sends {await person.page.evaluate('carelaySending()')}"
        )


class Watch:
    """One person's pictures: the longest time without another decoded frame, and keyframes that had to be asked."""

    def __init__(self, person: Participant) -> None:
        self.person = person
        self.longest: dict[str, float] = {}
        self._last: dict[str, tuple[int, float]] = {}
        self._asked = self._plis()

    def _plis(self) -> int:
        assert self.person.peer is not None
        return sum(slot.plis for slot in self.person.peer.stats().down)

    @property
    def asked(self) -> int:
        """By its decoders, since the watch began."""
        return self._plis() - self._asked

    async def look(self) -> list[int]:
        """The widths of its pictures."""
        videos: dict[str, Any] = await self.person.page.evaluate("carelayVideos()")
        for mid, video in videos.items():
            frames, at = video["framesDecoded"], video["timestamp"] / 1000
            before, since = self._last.get(mid, (frames, at))
            self._last[mid] = (frames, at) if frames > before or mid not in self._last else (before, since)
            self.longest[mid] = max(self.longest.get(mid, 0.0), at - since)
        return [video["frameWidth"] for video in videos.values()]
