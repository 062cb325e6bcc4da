"""Three people in one room: who has 300 kbit/s gets a smaller picture, and costs the others nothing."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from tests.relay.browser_room import Participant, Watch, room_of, room_of_three, until_widths
from tests.relay.offer_capture.browser import browser_page
from tests.relay.slow_link import SlowLink

FAST = 50_000_000


async def look(watches: Sequence[Watch], seconds: float) -> None:
    """All of them see large pictures all that time."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        for watch in watches:
            widths = await watch.look()
            assert widths == [1280, 1280], f"{watch.person.name} sees {widths}"
        await asyncio.sleep(0.25)


async def test_a_slow_subscriber_gets_smaller_pictures_and_the_others_keep_theirs(tmp_path: Path) -> None:
    links = {name: SlowLink(FAST) for name in ("ann", "bob", "eve")}
    async with room_of_three(tmp_path, links) as (_, (ann, bob, eve)):
        for person in (ann, bob, eve):
            await until_widths(person, [1280, 1280], 40)
        others = (Watch(ann), Watch(bob))
        await look(others, 10)  # what the first layers leave behind shows within 50 pictures
        links["eve"].rate_bps = 300_000
        began = time.monotonic()
        while await eve.widths() != [320, 320]:
            await look(others, 0.25)
            assert time.monotonic() - began < 20
        switched = time.monotonic() - began
        await look(others, 2)  # the bottleneck's queue drains
        slow = Watch(eve)
        while time.monotonic() - began < switched + 10:
            assert max(await slow.look()) < 1280
            await look(others, 0.25)
        told = {watch.person.name: watch.longest for watch in (*others, slow)}
        print(f"small after {switched:.1f} s; longest without a frame: {told}")
        assert max(slow.longest.values()) < 1.0
        for watch in others:
            delivered = links[watch.person.name].delivered.values()
            assert sum(stream.missing for stream in delivered) == 0
            assert watch.asked == 0, "a decoder could not go on"
            assert max(watch.longest.values()) < 1.0, f"packets at most {max(s.longest for s in delivered)} s apart"


async def test_firefox_sends_layers_and_is_switched_as_chromium_is(tmp_path: Path) -> None:
    links = {name: SlowLink(FAST) for name in ("ann", "bob")}
    (tmp_path / "firefox").mkdir()
    async with (
        browser_page("firefox", tmp_path / "firefox") as firefox,
        browser_page("chromium", tmp_path / "chromium") as chromium,
    ):
        ann, bob = people = [Participant("ann", firefox), Participant("bob", chromium)]
        async with room_of(people, links):
            for person in people:
                await until_widths(person, [1280], 40)
            watch = Watch(ann)
            links["bob"].rate_bps = 150_000
            await until_widths(bob, [320], 20)
            assert await watch.look() == [1280]
            assert watch.asked == 0
            links["bob"].rate_bps = FAST
            links["ann"].rate_bps = 150_000
            await until_widths(ann, [320], 20)
            links["ann"].rate_bps = FAST
            watch = Watch(ann)
            for person in people:
                await until_widths(person, [1280], 60)
            assert watch.asked == 0
