"""The right of this server to carry calls and recordings, renewed as long
as the database answers in time.

Others take over what a server carries once its lease has run out by the database's clock. So it has
to have stopped before: by a clock of its own, counted from before the request that renewed the
lease last. The margin between the two is for stopping, for clocks that do not run alike, and for a
renewal that a failover of the database may lose.
"""

import asyncio
import logging
import time
from datetime import timedelta
from typing import Self

from storage.cluster import nodes
from storage.cluster.instance import this_process
from storage.database import Database
from storage.errors import StorageError
from storage.rows.carriers import Carrier

log = logging.getLogger(__name__)

RENEW_SECONDS = 5.0
MARGIN = 0.25  # of the lease


class Lease:
    """Make it with `take`. Where only one server can have the database, it never ends."""

    def __init__(self, database: Database, carrier: Carrier, seconds: float, asked: float) -> None:
        self.carrier = carrier
        self.lost = asyncio.Event()
        """It could not be renewed in time: this server has to stop."""
        self._database = database
        self._seconds = seconds
        self._until = asked + seconds * (1 - MARGIN)
        self._keeping = None if carrier.alone else asyncio.create_task(self._keep())

    @classmethod
    async def take(cls, database: Database, node_id: str, seconds: float) -> Self:
        """From now on everything that is written through `database` is this server's.
        Raises DatabaseUnavailable.
        """
        lease = None if database.held_alone else timedelta(seconds=seconds)
        asked = _now()
        async with database.transaction() as tx:
            carrier = await nodes.start(tx, node_id, this_process(), lease)
        database.carrier = carrier
        return cls(database, carrier, seconds, asked)

    @property
    def seconds_left(self) -> float | None:
        """Until this server stops if the database goes on not answering; none
        if it holds it alone.
        """
        return None if self.carrier.alone else max(0.0, self._until - _now())

    async def close(self) -> None:
        """The server has stopped: what it could not finish is free for others at once."""
        if self._keeping is None:
            return
        self._keeping.cancel()
        await asyncio.wait({self._keeping})
        try:
            async with self._database.transaction() as tx:
                await nodes.give_back(tx, self.carrier)
        except StorageError as error:
            log.warning("the lease runs out by itself: %s", error)

    async def _keep(self) -> None:
        """Each step is short, so that a process or a machine that stood still notices as soon
        as it goes on.
        """
        pause = min(RENEW_SECONDS, self._seconds / 12)
        while (left := self._until - _now()) > 0:
            await asyncio.sleep(min(pause, left))
            if not await self._renewed():
                break
        log.critical("this server's lease has run out: others may take over what it carries")
        self.lost.set()

    async def _renewed(self) -> bool:
        """False: it will never be again. A database that does not answer is asked again."""
        asked = _now()
        try:
            async with (
                asyncio.timeout(max(0.0, self._until - asked)),
                self._database.transaction() as tx,
            ):
                held = await nodes.renew(tx, self.carrier, timedelta(seconds=self._seconds))
        except (StorageError, TimeoutError) as error:
            log.warning(
                "the lease could not be renewed, %.0f s are left: %s", self._until - _now(), error
            )
            return True
        except Exception:  # whatever it is, the lease ends in time and not unnoticed
            log.exception("the lease could not be renewed, %.0f s are left", self._until - _now())
            return True
        if _now() >= self._until:
            return False
        self._until = asked + self._seconds * (1 - MARGIN)
        return held


def _now() -> float:
    """Of a clock that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
