"""Waiting for what has to happen: long enough for a machine that does twenty other things
as well.
"""

import asyncio
from collections.abc import Callable

PATIENCE = 90
"""Seconds for what takes less than one on a machine with nothing else to do.

A test that waits so long has failed.
"""


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition; TimeoutError if it does not come true."""
    async with asyncio.timeout(PATIENCE):
        # What is waited for is spread over many parts, which raise no event.
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
