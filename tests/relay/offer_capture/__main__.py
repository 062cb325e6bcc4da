"""`python -m tests.relay.offer_capture`: capture the offers of the browsers installed here
as test vectors.
"""

import asyncio
import json
import tempfile
from pathlib import Path

from tests.relay.offer_capture.browser import EXECUTABLES, BrowserName, browser_page

VECTORS = Path(__file__).parents[2] / "vectors" / "offers"


async def capture(name: BrowserName) -> None:
    """Write every offer of one browser, with line feeds alone, and the sources that go
    with them.
    """
    with tempfile.TemporaryDirectory() as profile:
        async with browser_page(name, Path(profile)) as page:
            offers = await page.evaluate("carelayOffers()")
            agent = await page.evaluate("navigator.userAgent")
    folder = VECTORS / name
    folder.mkdir(parents=True, exist_ok=True)
    for case, offer in offers.items():
        (folder / f"{case}.sdp").write_text(offer["sdp"].replace("\r\n", "\n"))
    sources = {case: offer["sources"] for case, offer in offers.items()}
    (folder / "sources.json").write_text(
        json.dumps({"captured_from": agent, "sources": sources}, indent=2) + "\n"
    )
    print(f"{name}: {len(offers)} offers in {folder}")


async def main() -> None:
    """Capture from each browser that is installed."""
    for name, executable in EXECUTABLES.items():
        if executable.exists():
            await capture(name)


asyncio.run(main())
