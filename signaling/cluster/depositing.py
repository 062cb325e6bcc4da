"""Keeps the newest checkpoint of the audit log in a bucket, too, an object for each: where whoever
takes over the server and the database need not get at it.
"""

import logging
from collections.abc import Sequence

from signaling.kernel.background import repeat
from signaling.kernel.clock import Clock
from storage.audit import cosigned
from storage.audit.cosignature import Cosigner
from storage.database import Database
from storage.errors import StorageError
from storage.threads import Threads
from storage.vault.objects.bucket import Bucket

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0
FOLDER = "audit-checkpoints"


def object_name(size: int) -> str:
    """In the order of the log."""
    return f"{FOLDER}/{size:020d}"


class Depositing:
    """One server's; what another one has put there already, stays as it is."""

    def __init__(
        self,
        database: Database,
        bucket: Bucket | None,
        cosigners: Sequence[Cosigner],
        clock: Clock,
    ) -> None:
        self.failures: int | None = None if bucket is None else 0
        """Attempts that failed since the start; none without a bucket."""
        self._database = database
        self._bucket = bucket
        self._cosigners = cosigners
        self._clock = clock
        self._thread = Threads("checkpoints", 1)
        self._kept = 0
        self._told: str | None = None

    async def watch(self) -> None:
        """Until cancelled."""
        if self._bucket is not None:
            await repeat(self.try_once, EVERY_SECONDS, "keeping checkpoints", self._clock)

    async def try_once(self) -> None:
        """Whatever stands in the way is told once, and tried again a minute later."""
        try:
            await self._deposit()
        except (StorageError, OSError) as error:
            self.failures = (self.failures or 0) + 1
            if str(error) != self._told:
                self._told = str(error)
                log.error("checkpoints of the audit log are not kept in the bucket: %s", error)
        else:
            self._told = None

    async def _deposit(self) -> None:
        async with self._database.reading() as tx:
            newest = await cosigned.newest_final(tx, self._cosigners)
        if self._bucket is None or newest is None or newest.size == self._kept:
            return
        await self._thread.run(self._bucket.keep, object_name(newest.size), newest.note)
        self._kept = newest.size
