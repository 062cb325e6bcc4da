"""Erases what has expired, one server at a time."""

import logging
from typing import Literal

from signaling.kernel.background import repeat
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict
from signaling.recordings import policy
from signaling.recordings.retention.eraser import Eraser
from storage.database import Database
from storage.errors import StorageError
from storage.recordings import expiry, recordings
from storage.retention import erasures

log = logging.getLogger(__name__)

ROUND_SECONDS = 600.0
BATCH = 50
"""Recordings that are looked up at once; each is erased in a transaction of its own."""

Outcome = Literal["erased", "kept", "busy"]
"""Of one recording; busy: another server is at it."""


class Sweep:
    """One server's. What fails is tried again in the next round."""

    def __init__(self, database: Database, eraser: Eraser, clock: Clock) -> None:
        self._database = database
        self._eraser = eraser
        self._clock = clock

    async def watch(self) -> None:
        """Until cancelled."""
        await repeat(self._try, ROUND_SECONDS, "erasing what has expired", self._clock)

    async def _try(self) -> None:
        try:
            await self.round()
        except (StorageError, OSError) as error:
            log.error("what has expired cannot be erased now: %s", error)

    async def round(self) -> int:
        """How many were erased. Raises StorageError, OSError."""
        now, count = self._clock.now(), 0
        async with self._database.transaction() as tx:
            before = (await policy.by_clock(tx, now)).over(now)
        kept: set[str] = set()
        while before is not None:
            async with self._database.reading() as tx:
                found = await expiry.expired(tx, before, BATCH, besides=kept)
            if not found:
                break
            await self._eraser.require_possible()
            outcomes = {
                recording_id: await self._try_to_erase(recording_id) for recording_id in found
            }
            count += sum(outcome == "erased" for outcome in outcomes.values())
            if {*outcomes.values()} == {"busy"}:
                break
            kept |= {
                recording_id for recording_id, outcome in outcomes.items() if outcome == "kept"
            }
        if count:
            log.info("%d recordings have expired and were erased", count)
            await self._eraser.try_to_finish()
        return count

    async def _try_to_erase(self, recording_id: str) -> Outcome:
        """One that cannot be erased, for whatever reason, holds up no other."""
        try:
            return await self._erase(recording_id)
        except (StorageError, OSError):
            raise  # the database or the disk is away, for all of them
        except Exception:
            log.exception("recording %s has expired, and cannot be erased", recording_id)
            return "kept"

    async def _erase(self, recording_id: str) -> Outcome:
        async with self._database.transaction() as tx:
            if not await erasures.is_mine(tx):
                return "busy"
            recording = await recordings.for_change(tx, recording_id)
            try:
                await self._eraser.erase(tx, recording, "retention")
            except Conflict:  # it was put on hold, or erased, since it was looked up
                return "kept"
        return "erased"
