"""Answers given to the real browsers of this machine: accepted as meant,
and a DTLS association comes of them.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from relay.negotiation.negotiate import LocalDescription, Negotiation, answer
from relay.transport.addresses import candidates
from relay.transport.dtls import Certificate, DtlsTransport, SrtpKeys
from relay.transport.port import Link
from tests.patience import PATIENCE
from tests.relay.offer_capture.browser import EXECUTABLES, BrowserName, Page, browser_page
from tests.relay.ports import Ear, open_port

BROWSERS = [name for name, executable in EXECUTABLES.items() if executable.exists()]


async def negotiate(
    page: Page, local: LocalDescription, previous: Negotiation | None, **options: object
) -> Negotiation:
    """Let the page offer and answer it."""
    offer = await page.evaluate(f"carelayLiveOffer({json.dumps(options)})")
    return answer(offer["sdp"], offer["sources"], local, previous)


async def accepted(page: Page, negotiation: Negotiation) -> dict[str, Any]:
    """What the page makes of the answer; raises if it refuses it."""
    lines: dict[str, Any] = await page.evaluate(
        f"carelayLiveAnswer({json.dumps(negotiation.answer)})"
    )
    return lines


@pytest.mark.timeout(4 * PATIENCE)
@pytest.mark.parametrize("name", BROWSERS)
async def test_a_browser_accepts_the_answers_and_connects(
    name: BrowserName, tmp_path: Path
) -> None:
    # On every interface: Firefox never tries a pair from an interface's address to loopback.
    port, engine = open_port("0.0.0.0")
    certificate = Certificate.generate()
    local = LocalDescription(certificate.fingerprint, candidates("0.0.0.0", (), port.number))
    keys: asyncio.Future[SrtpKeys] = asyncio.get_running_loop().create_future()
    closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    async with browser_page(name, tmp_path) as page:
        first = await negotiate(page, local, None)
        link = port.link(engine.add(1))
        link.accept(first.local_ice)
        transport = DtlsTransport(
            link, certificate, first.fingerprints, keys.set_result, closed.set_result
        )

        lines = await accepted(page, first)
        assert {mid: line["direction"] for mid, line in lines.items()} == {
            "0": "sendonly",
            "1": "sendonly",
            "2": "recvonly",
            "3": "recvonly",
            "4": "recvonly",
        }
        assert [lines[mid]["streams"] for mid in "234"] == [["slot-0"], ["slot-0"], ["screen"]]
        for mid, codec in zip("01234", ("opus", "VP8", "opus", "VP8", "VP8"), strict=True):
            line = lines[mid]
            assert line["codecs"][:1] in ([f"audio/{codec}"], [f"video/{codec}"], []), line

        ear = Ear(engine, link.key, await asyncio.wait_for(keys, PATIENCE))
        await asyncio.wait_for(page.evaluate("carelayLiveState('connected')"), PATIENCE)

        latest = first
        # A screen is shared, taken back, stopped for good, and shared again on the same m-line with
        # another MID.
        for screen, directions in (
            ("added", {"5": "sendonly"}),
            ("resting", {"5": "inactive"}),
            ("stopped", {}),
            ("added", {"6": "sendonly"}),
        ):
            latest = await negotiate(page, local, latest, screen=screen)
            lines = await accepted(page, latest)
            added = {mid: line["direction"] for mid, line in lines.items() if mid > "4"}
            assert added == directions
            assert latest.slots == first.slots
            assert latest.local_ice == first.local_ice

        restarted = await negotiate(page, local, latest, iceRestart=True)
        assert restarted.local_ice != latest.local_ice
        assert not restarted.new_connection
        link.accept(restarted.local_ice)
        port.dismiss(latest.local_ice.ufrag)
        before = link.last_check
        await accepted(page, restarted)
        await _until_checked_after(link, before)
        assert not closed.done()

        await ear.hears()
        await page.evaluate("live.connection.pc.close()")
        assert await asyncio.wait_for(closed, PATIENCE) == "DTLS closed by the peer"
        await transport.close()
    await port.close()


async def _until_checked_after(link: Link, before: float | None) -> None:
    """Wait for an authenticated check later than `before`."""
    async with asyncio.timeout(PATIENCE):
        # The port has no event for it, and needs none.
        while link.last_check == before:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
