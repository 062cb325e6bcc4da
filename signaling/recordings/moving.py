"""Earlier recordings follow the later ones into the bucket: they are marked, a few at a time, and
the servers upload what is marked as they upload everything. Files of chats follow by themselves.
"""

import asyncio
from collections.abc import Callable

from storage.clinical import files
from storage.database import Database
from storage.recordings import spooled
from storage.rows import properties

AT_ONCE = 20
"""Parts that are marked and not uploaded yet; more would fill a spool that has a bound."""
LOOK_SECONDS = 1.0
SLOW_SECONDS = 60.0


async def move_all(database: Database, slow: Callable[[int], None]) -> int:
    """Wait until the servers have uploaded everything, and tell how many files that were; `slow` is
    told how many wait if none was uploaded for a minute. Raises DatabaseUnavailable.
    """
    moving = _Moving()
    await moving.step(database)
    while moving.left:
        if moving.idle >= SLOW_SECONDS:
            slow(moving.left)
            moving.idle = 0.0
        await asyncio.sleep(LOOK_SECONDS)
        await moving.step(database)
    return moving.count


class _Moving:
    """How far it is."""

    def __init__(self) -> None:
        self.count = 0
        self.idle = 0.0
        """Seconds since a file was uploaded."""
        self._parts: set[str] = set()
        self._sent: set[str] = set()
        """Files of chats."""
        self._after = ""

    @property
    def left(self) -> int:
        """Files that are on their way."""
        return len(self._parts) + len(self._sent)

    async def step(self, database: Database) -> None:
        """As many more are marked as were uploaded."""
        async with database.transaction() as tx:
            left = await spooled.still_waiting(tx, self._parts)
            sent = {file.id for file in await files.in_folder(tx)}
            place_id = await properties.value(tx, properties.RECORDINGS_PLACE)
            marked = await spooled.mark(tx, self._after, AT_ONCE - len(left), place_id)
        done = len(self._parts) - len(left) + len(self._sent - sent)
        self.count += done
        self.idle = 0.0 if done else self.idle + LOOK_SECONDS
        self._parts, self._sent = left | set(marked), sent
        self._after = marked[-1] if marked else self._after
