"""Events that somebody can bring about as often as they like, such as refusals: the audit log tells
the first one at once, and those that follow it soon in one row, with how many there were, and when
the first and the last of them was.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.journal import Entry, Journal, nothing
from storage import audit
from storage.audit import AuditEvent, Detail
from storage.database import Database, when_committed

WINDOW_SECONDS = 60.0
MAX_KEYS = 1000
"""Together with one key for all others: the log grows by no more than so many rows in a window,
whoever asks.
"""
CLOSE_SECONDS = 5.0

MAX_RECORDINGS = 10
"""Whose refusals to one person are told apart in a window;
of further ones only the number is kept.
"""

Key = tuple[str, str, str | None]
"""Action; who brings it about, a person or a network that nobody is signed in from;
which recording it is about.
"""


@dataclass
class Run:
    """What followed the first event of a key within the window."""

    event: AuditEvent
    """The last one."""
    first: datetime | None = None
    count: int = 0


class Repeats:
    """Writes such events.

    The count is in memory: a server that is killed loses the last window's.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._runs: dict[Key, Run] = {}
        self._journal = Journal(database, clock)

    async def append(
        self,
        event: AuditEvent,
        who: str,
        adds: str | None = None,
        tx: AsyncSession | None = None,
    ) -> None:
        """The first one is committed when this returns, or with the transaction that makes what it
        tells, before which none counts. `adds` names a number in its detail, of which those that
        follow tell the sum.

        Raises DatabaseUnavailable, and then it was not.
        """
        key, event = self._placed(event, who)
        if tx is not None:
            is_told = key not in self._runs
            if is_told:
                await audit.append(tx, event)
            when_committed(tx, lambda: self._count(key, event, adds, is_told=is_told))
            return
        if key in self._runs:
            self._count(key, event, adds, is_told=False)
            return
        self._begin(key, event)
        try:
            async with self._database.transaction() as own:
                await audit.append(own, event)
        except BaseException:
            self._end(key)  # what followed meanwhile is told nevertheless
            raise

    def _begin(self, key: Key, event: AuditEvent) -> Run:
        run = self._runs[key] = Run(event)
        self._clock.call_later(WINDOW_SECONDS, lambda: self._end(key))
        return run

    def _count(self, key: Key, event: AuditEvent, adds: str | None, *, is_told: bool) -> None:
        """`is_told`: there is a row of it."""
        run = self._runs.get(key) or self._begin(key, event)
        if is_told:
            return
        if adds:
            before = run.event.detail.get(adds) if run.count else 0
            total = int(before or 0) + int(event.detail.get(adds) or 0)
            event = replace(event, detail={**event.detail, adds: total})
        run.event, run.first, run.count = event, run.first or event.at, run.count + 1

    def _placed(self, event: AuditEvent, who: str) -> tuple[Key, AuditEvent]:
        key = event.action, who, event.recording_id
        if key in self._runs:
            return key, event
        if sum(other[:2] == key[:2] for other in self._runs) >= MAX_RECORDINGS:
            key, event = (event.action, who, None), replace(event, recording_id=None, subject=None)
        if key in self._runs or len(self._runs) < MAX_KEYS:
            return key, event
        return (event.action, "", None), entry(event.action, event.at, None, detail={"many": True})

    async def close(self) -> None:
        """Write what was counted."""
        for key in list(self._runs):
            self._end(key)
        await self._journal.written(CLOSE_SECONDS)
        await self._journal.give_up()

    def _end(self, key: Key) -> None:
        run = self._runs.pop(key, None)
        if run is not None and run.first is not None:
            self._journal.add(Entry(nothing, _summary(run, run.first)))


def _summary(run: Run, first: datetime) -> AuditEvent:
    last = run.event
    times: Detail = {"count": run.count, "first": first.isoformat(), "last": last.at.isoformat()}
    return replace(last, detail={**last.detail, **times})
