"""Earlier recordings follow the later ones into the bucket: they are marked, a few at a time, and
the servers upload what is marked as they upload everything.
"""

import asyncio
from collections.abc import Callable

from storage.database import Database
from storage.recordings import spooled
from storage.rows import properties

AT_ONCE = 20
"""Parts that are marked and not uploaded yet; more would fill a spool that has a bound."""
LOOK_SECONDS = 1.0
SLOW_SECONDS = 60.0


async def move_all(database: Database, slow: Callable[[int], None]) -> int:
    """Wait until the servers have uploaded everything, and tell how many parts that were; `slow` is
    told how many wait if none was uploaded for a minute. Raises DatabaseUnavailable.
    """
    moving = _Moving()
    await moving.step(database)
    while moving.on_their_way:
        if moving.idle >= SLOW_SECONDS:
            slow(len(moving.on_their_way))
            moving.idle = 0.0
        await asyncio.sleep(LOOK_SECONDS)
        await moving.step(database)
    return moving.count


class _Moving:
    """How far it is."""

    def __init__(self) -> None:
        self.count = 0
        self.on_their_way: set[str] = set()
        self.idle = 0.0
        """Seconds since a part was uploaded."""
        self._after = ""

    async def step(self, database: Database) -> None:
        """As many more are marked as were uploaded."""
        async with database.transaction() as tx:
            left = await spooled.still_waiting(tx, self.on_their_way)
            place_id = await properties.value(tx, properties.RECORDINGS_PLACE)
            marked = await spooled.mark(tx, self._after, AT_ONCE - len(left), place_id)
        done = len(self.on_their_way) - len(left)
        self.count += done
        self.idle = 0.0 if done else self.idle + LOOK_SECONDS
        self.on_their_way = left | set(marked)
        self._after = marked[-1] if marked else self._after
