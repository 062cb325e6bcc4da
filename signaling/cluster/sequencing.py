"""Keeps the tree of the audit log up with what is written, beside the other servers: whoever finds
rows that wait puts them into it, one server at a time.
"""

import asyncio
import logging
from datetime import timedelta

from signaling.kernel.background import repeat
from signaling.kernel.clock import Clock
from storage.audit import log as tree
from storage.audit.log import Standing
from storage.audit.sequencer import Sequencer
from storage.database import Database
from storage.errors import StorageError

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
SIGN_SECONDS = 60.0
"""A row is covered by a checkpoint that much later at the latest, if nothing fails."""
CLOSE_SECONDS = 5.0
PAUSE_SECONDS = 0.02
"""Between two transactions: rows of years, which an upgrade leaves to sequence, hold up no call."""


class Sequencing:
    """One server's. What fails is tried again, and counted; nothing is lost meanwhile."""

    def __init__(self, database: Database, sequencer: Sequencer, clock: Clock) -> None:
        self.failures = 0
        """Rounds that failed since the start."""
        self.standing: Standing | None = None
        """When last looked; none before that."""
        self._database = database
        self._sequencer = sequencer
        self._clock = clock
        self._signed_at: float | None = None
        self._published: int | None = None
        """How many rows the newest checkpoint covered that is known to be in the file."""
        self._told: str | None = None
        self._working = asyncio.Lock()

    @property
    def unsigned_seconds(self) -> float:
        """How long the oldest row has been waiting for a checkpoint; 0 if none is."""
        if self.standing is None or self.standing.oldest is None:
            return 0.0
        return max(timedelta(), self._clock.now() - self.standing.oldest).total_seconds()

    async def watch(self) -> None:
        """Until cancelled."""
        await repeat(self._try_if_due, LOOK_SECONDS, "sequencing the audit log")

    async def sign(self) -> None:
        """All that is written now, for somebody who waits for it."""
        await self._try(sign=True)

    async def close(self) -> None:
        """Nothing is written any more: sign the end of it."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._try(sign=True)
        except TimeoutError:
            log.warning("the end of the audit log is signed at the next start")

    @property
    def _is_due(self) -> bool:
        at = self._signed_at
        return at is None or self._clock.moment().steady - at >= SIGN_SECONDS

    async def _try_if_due(self) -> None:
        await self._try(sign=self._is_due)

    async def _try(self, *, sign: bool) -> None:
        try:
            async with self._working:
                await self._catch_up(sign=sign)
        except (StorageError, OSError) as error:
            self.failures += 1
            if str(error) != self._told:  # each second the same
                self._told = str(error)
                log.error("the audit log cannot be sequenced: %s", error)
        else:
            if self._told is not None:
                log.warning("the audit log is sequenced again")
            self._told = None

    async def _catch_up(self, *, sign: bool) -> None:
        await self._look()
        if sign:
            self._signed_at = self._clock.moment().steady
        while self.standing and (
            self.standing.waiting or (sign and self.standing.size > self.standing.signed)
        ):
            last = self.standing.waiting <= tree.BATCH
            step = await self._sequencer.step(self._clock.now(), sign=sign and last)
            await self._look()
            if step is None or not (step.added or step.signed):
                break  # another server is at it, or there is no key
            await asyncio.sleep(PAUSE_SECONDS)
        if self.standing and self.standing.signed != self._published:
            await self._sequencer.publish()
            self._published = self.standing.signed

    async def _look(self) -> None:
        async with self._database.reading() as tx:
            self.standing = await tree.standing(tx)
