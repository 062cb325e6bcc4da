"""What servers that are no more have left is looked for now and then."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from signaling.kernel.background import repeat
from storage.errors import StorageError

log = logging.getLogger(__name__)

SWEEP_SECONDS = 60.0


def interval(lease_seconds: float) -> float:
    """No use in looking more often than a lease can run out."""
    return min(SWEEP_SECONDS, lease_seconds)


async def sweep(work: Callable[[], Awaitable[None]], seconds: float) -> None:
    """Until cancelled. A database that is away is asked again the next time."""

    async def look() -> None:
        try:
            await work()
        except StorageError as error:
            log.warning("what other servers left will be looked for later: %s", error)

    await asyncio.sleep(seconds)  # the start has looked already
    await repeat(look, seconds, "looking for what other servers left")
