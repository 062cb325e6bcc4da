"""Ends rows of the audit log whose time is over, one server at a time: of each its hash is left."""

import asyncio
import logging
from datetime import datetime

from signaling.audit import retention
from signaling.kernel.auditing import entry
from signaling.kernel.background import repeat
from signaling.kernel.clock import Clock
from storage import audit
from storage.audit import expiry
from storage.audit import log as tree
from storage.database import Database
from storage.errors import StorageError

log = logging.getLogger(__name__)

ROUND_SECONDS = 3600.0
PAUSE_SECONDS = 0.02
"""Between two transactions: rows of years, when this begins, hold up no call."""


class Ageing:
    """One server's. What fails is tried again in the next round; a kill leaves no half of it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def watch(self) -> None:
        """Until cancelled."""
        await repeat(self._try, ROUND_SECONDS, "ending old rows of the audit log", self._clock)

    async def _try(self) -> None:
        try:
            await self.round()
        except StorageError as error:
            log.error("old rows of the audit log cannot be ended now: %s", error)

    async def round(self) -> int:
        """How many have expired now. Raises StorageError."""
        async with self._database.transaction() as tx:
            policy = await retention.by_clock(tx, self._clock.now())
        cut_off = policy.cut_off(self._clock.now()) if policy else None
        if cut_off is None:
            return 0
        async with self._database.reading() as tx:
            end = await expiry.end(tx, cut_off)
        begin, count = 0, 0
        while found := await self._step(cut_off, begin, end):
            begin, count = found[-1] + 1, count + len(found)
            await asyncio.sleep(PAUSE_SECONDS)
        if count:
            log.info("%d rows of the audit log have expired", count)
        return count

    async def _step(self, cut_off: datetime, begin: int, end: int) -> list[int]:
        """Those of one tile, with the event that says so; none, too, if another server is at it."""
        async with self._database.transaction() as tx:
            if not await tree.is_mine(tx):
                return []
            found = [*await expiry.due(tx, cut_off, begin, end)]
            if found:
                detail = expiry.told(found, cut_off)
                event = entry(expiry.RECORD, self._clock.now(), None, detail=detail)
                await expiry.expire(tx, found, await audit.append(tx, event))
        return found
