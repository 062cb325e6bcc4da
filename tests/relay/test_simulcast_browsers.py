"""Three people in one room: who has 300 kbit/s gets a smaller picture,
and costs the others nothing.

How fast a layer is switched, and that no picture is missing where it is,
tests/relay/engine/test_layers.py tells on a clock of its own: browsers on a busy machine take their
time.
"""

from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.relay.browser_room import (
    FULL,
    QUARTER,
    Participant,
    room_of,
    room_of_three,
    until_shown,
    until_widths,
)
from tests.relay.offer_capture.browser import browser_page
from tests.relay.slow_link import SlowLink

FAST = 50_000_000

pytestmark = [pytest.mark.alone, pytest.mark.timeout(6 * PATIENCE)]


async def test_a_slow_subscriber_gets_smaller_pictures_and_the_others_keep_theirs(
    tmp_path: Path,
) -> None:
    links = {name: SlowLink(FAST) for name in ("ann", "bob", "eve")}
    async with room_of_three(tmp_path, links) as (_, (ann, bob, eve)):
        for person in (ann, bob, eve):
            await until_widths(person, [FULL, FULL])
        links["eve"].rate_bps = 300_000
        await until_shown(eve, [QUARTER, QUARTER])
        for person in (ann, bob):
            await until_shown(person, [FULL, FULL])
        assert max(await eve.widths()) < FULL


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
                await until_widths(person, [FULL])
            links["bob"].rate_bps = 150_000
            await until_shown(bob, [QUARTER])
            await until_shown(ann, [FULL])
            links["bob"].rate_bps = FAST
            links["ann"].rate_bps = 150_000
            await until_shown(ann, [QUARTER])
            links["ann"].rate_bps = FAST
            for person in people:
                await until_shown(person, [FULL])
