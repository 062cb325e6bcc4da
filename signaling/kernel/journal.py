"""What has happened and is still to be written down: in its order, by the server,
however long the database is away.

People's acts take effect first: who hangs up, says no or calls for help does not wait for a
database. What may not happen before it is written, such as a yes to a recording, asks for its turn
behind what is still to be written.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from weakref import WeakSet

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.clock import Clock
from storage import audit
from storage.audit import AuditEvent
from storage.database import Database
from storage.errors import CarriedElsewhere, DatabaseUnavailable, TransactionConflict

log = logging.getLogger(__name__)

RETRY_SECONDS = 5.0
# Of what fails though the database is there: it may be somebody's no, but holds up what comes after
# it.
TRIES = 4
PATIENCE_SECONDS = 5.0  # until its turn to be written; then the person is told to try again

Write = Callable[[AsyncSession], Awaitable[None]]


@dataclass(frozen=True)
class Entry:
    """One change and the event that tells it, written in one transaction."""

    write: Write
    """The change; only the database's own state may make a difference when it is run again."""
    event: AuditEvent | None = None
    """Carries the instant at which it happened.

    Without one, writing it twice has to be harmless.
    """

    @property
    def name(self) -> str:
        """For the log: what, where and when, and nobody's name."""
        if self.event is None:
            return "a change"
        return f"{self.event.action} of call {self.event.session_id} at {self.event.at.isoformat()}"


class Journal:
    """Entries in their order. `Journals.open` makes that of a call."""

    def __init__(self, database: Database, clock: Clock, ids: Collection[str] = ()) -> None:
        self._database = database
        self._clock = clock
        self._ids = set(ids)
        self._entries: deque[Entry] = deque()
        self._turn = asyncio.Lock()
        self._again = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    def concern(self, user_id: str) -> None:
        """Somebody else of whom entries tell from now on: they wait for them when they read."""
        self._ids.add(user_id)

    def concerns(self, ids: Collection[str]) -> bool:
        """Whether it is that of one of these rooms or people."""
        return not self._ids.isdisjoint(ids)

    def add(self, entry: Entry) -> None:
        """It has happened: it is written as soon as the database lets it."""
        self._entries.append(entry)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())

    async def ask(self, entry: Entry, still_wanted: Callable[[], bool] = lambda: True) -> bool:
        """Write it now, behind what is still to be written; whether it was still wanted
        when its turn came.

        Raises DatabaseUnavailable, CarriedElsewhere: then it has not happened.
        """
        if not await self.written(PATIENCE_SECONDS):
            raise DatabaseUnavailable(
                "The database is not available: earlier changes are not written yet."
            )
        async with self._turn:
            if not still_wanted():
                return False
            await self._write(entry)
            return True

    async def written(self, seconds: float) -> bool:
        """Try again at once, and wait that long; whether nothing is left to write."""
        if self._entries and self._writer is not None:
            self._again.set()
            await asyncio.wait({self._writer}, timeout=seconds)
        return not self._entries

    async def settled(self) -> None:
        """Wait until nothing is left to write, however long that takes."""
        while self._entries and self._writer is not None:
            await asyncio.wait({self._writer})

    async def give_up(self) -> None:
        """The server stops: what could not be written is in its log, at least."""
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.wait({self._writer})
        for entry in self._entries:
            log.error("not written before the server stopped: %s", entry.name)
        self._entries.clear()

    async def _write_all(self) -> None:
        while self._entries:
            await self._write_in_the_end(self._entries[0])
            self._entries.popleft()

    async def _write_in_the_end(self, entry: Entry) -> None:
        """However long the database is away. What fails for a reason nobody knows is given up after
        a few times, what another server has taken over at once. A conflict with another transaction
        is over when it is told of.
        """
        tried, faults, conflicts = False, 0, 0
        while faults < TRIES:
            at_once = 0 < conflicts <= TRIES
            if tried and not at_once:
                await self._pause()
            try:
                async with self._turn:
                    await self._write(entry, tried=tried)
            except CarriedElsewhere as error:
                log.error("not written: %s: %s", entry.name, error)
                return
            except TransactionConflict as error:
                log.info("written once more: %s: %s", entry.name, error)
                conflicts += 1
            except DatabaseUnavailable as error:
                conflicts = 0
                log.warning("will be written later: %s: %s", entry.name, error)
            except Exception as error:
                log.warning("could not be written: %s", entry.name, exc_info=error)
                faults += 1
            else:
                return
            tried = True
        log.error("cannot be written: %s", entry.name)

    async def _write(self, entry: Entry, *, tried: bool = False) -> None:
        async with self._database.transaction() as tx:
            # A connection may break between the commit and its answer: it is written then, and must
            # not be twice.
            if tried and entry.event is not None and await audit.holds(tx, entry.event):
                return
            await entry.write(tx)
            if entry.event is not None:
                await audit.append(tx, entry.event)

    async def _pause(self) -> None:
        timer = self._clock.call_later(RETRY_SECONDS, self._again.set)
        try:
            await self._again.wait()
        finally:
            timer.cancel()
            self._again.clear()


class Journals:
    """Those of all calls, also of calls that are over but not written down yet."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        # its writer keeps one alive until everything is written
        self._journals: WeakSet[Journal] = WeakSet()

    def open(self, *ids: str) -> Journal:
        """For a new call: those of its room and of its people."""
        journal = Journal(self._database, self._clock, ids)
        self._journals.add(journal)
        return journal

    async def written(self, seconds: float, *ids: str) -> bool:
        """Whether nothing is left to write; waits that long for it.

        Of calls in these rooms or of these people, or of any call where no ids are given.
        """
        found = [journal for journal in self._journals if not ids or journal.concerns(ids)]
        return all(await asyncio.gather(*(journal.written(seconds) for journal in found)))

    async def give_up(self) -> None:
        """See Journal."""
        await asyncio.gather(*(journal.give_up() for journal in list(self._journals)))


async def nothing(tx: AsyncSession) -> None:
    """The change of an entry that only tells an event."""
