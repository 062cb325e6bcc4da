"""Three Chromium pages in one room: who has 300 kbit/s gets a smaller picture, and costs the others nothing."""

import asyncio
import json
import re
import time
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
        sdp = re.sub(r"(a=candidate:.* 127\.0\.0\.1) \d+ typ", rf"\1 {port} typ", sdp)
        await self.page.evaluate(f"carelayLiveAnswer({json.dumps(sdp)})")
        await asyncio.wait_for(self.connected.wait(), 20)

    async def widths(self) -> list[int]:
        """Of the pictures it sees."""
        return [video["frameWidth"] for video in (await self.page.evaluate("carelayVideos()")).values()]


@asynccontextmanager
async def room_of_three(folder: Path, links: dict[str, SlowLink]) -> AsyncIterator[tuple[Room, list[Participant]]]:
    relay = await Relay.open(RelaySettings(host="127.0.0.1"))
    room = relay.room("consultation")
    async with chromium_pages(3, folder) as pages:
        people = [Participant(name, page) for name, page in zip(("ann", "bob", "eve"), pages, strict=True)]
        for person in people:
            person.peer = room.join(person.name, person)
        for person in people:
            link = links.get(person.name)
            await person.connect((await link.open(relay.port)).port if link else relay.port)
        yield room, people
    for link in links.values():
        link.close()
    await relay.close()


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
    """The longest time without another decoded frame, for each picture of one person."""

    def __init__(self, person: Participant) -> None:
        self.person = person
        self.longest: dict[str, float] = {}
        self._last: dict[str, tuple[int, float]] = {}

    async def look(self) -> dict[str, Any]:
        videos: dict[str, Any] = await self.person.page.evaluate("carelayVideos()")
        for mid, video in videos.items():
            frames, at = video["framesDecoded"], video["timestamp"] / 1000
            before, since = self._last.get(mid, (frames, at))
            self._last[mid] = (frames, at) if frames > before or mid not in self._last else (before, since)
            self.longest[mid] = max(self.longest.get(mid, 0.0), at - since)
        return videos


async def test_a_slow_subscriber_gets_smaller_pictures_and_the_others_keep_theirs(tmp_path: Path) -> None:
    link = SlowLink(rate_bps=50_000_000)
    async with room_of_three(tmp_path, {"eve": link}) as (_, (ann, bob, eve)):
        for person in (ann, bob, eve):
            await until_widths(person, [1280, 1280], 40)
        link.rate_bps = 300_000
        began = time.monotonic()
        await until_widths(eve, [320, 320], 20)
        switched = time.monotonic() - began
        await asyncio.sleep(2)  # the bottleneck's queue drains
        slow, others = Watch(eve), (Watch(ann), Watch(bob))
        for _ in range(32):
            videos = await slow.look()
            assert all(video["frameWidth"] < 1280 for video in videos.values()), videos
            for watch in others:
                seen = await watch.look()
                assert [video["frameWidth"] for video in seen.values()] == [1280, 1280], seen
            await asyncio.sleep(0.25)
        print(f"small after {switched:.1f} s; longest without a frame: eve {slow.longest}")
        assert max(slow.longest.values()) < 1.0
