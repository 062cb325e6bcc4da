"""Can calls be made and recorded right now? Found out by writing: a full
or failing disk still answers reads.

Everybody may ask, so the answers are fixed words; what database and disk say of it, with their
names and paths, is in the log.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from signaling import problems
from signaling.kernel.clock import Clock
from signaling.recordings import Recordings
from storage.database import Database
from storage.errors import AlreadyRunning, DatabaseUnavailable, RecordingsAway, StorageError
from storage.rows import properties

log = logging.getLogger(__name__)

FRESH_SECONDS = 2.0  # however often somebody asks, this is how often the disk is written
PATIENCE_SECONDS = 2.0
OK = "ok"
NO_ANSWER = "does not answer"
UNAVAILABLE = "is not available"
IN_FIXED_WORDS: dict[type[Exception], str] = {
    DatabaseUnavailable: "cannot be reached or written",
    RecordingsAway: "is not there",
    AlreadyRunning: "is in use by another server",
    OSError: "cannot be written",
}


class Check:
    """One thing to look at, by one look at a time: questions meanwhile
    and shortly after share its answer.
    """

    def __init__(self, name: str, look: Callable[[], Awaitable[None]]) -> None:
        self._name = name
        self._look = look
        self._found = OK
        self._looking: asyncio.Task[str] | None = None
        self._begun = 0.0

    async def found(self) -> str:
        """`ok`, or what is wrong in a few fixed words. A look that hangs is not repeated."""
        now = time.monotonic()
        if self._looking is None or (self._looking.done() and now - self._begun >= FRESH_SECONDS):
            self._begun, self._looking = now, asyncio.create_task(self._tell())
        await asyncio.wait({self._looking}, timeout=PATIENCE_SECONDS)
        return self._looking.result() if self._looking.done() else NO_ANSWER

    async def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait({self._looking})

    async def _tell(self) -> str:
        try:
            await self._look()
        except (OSError, StorageError) as error:
            found = _in_fixed_words(error)
            if found != self._found:  # once, however often somebody asks
                log.warning("not ready: %s %s: %s", self._name, found, error)
        else:
            found = OK
        self._found = found
        return found


def _in_fixed_words(error: Exception) -> str:
    return next(
        (words for kind, words in IN_FIXED_WORDS.items() if isinstance(error, kind)), UNAVAILABLE
    )


class Readiness:
    """What /readyz asks."""

    def __init__(
        self, database: Database, recordings: Recordings, clock: Clock, *, records: bool
    ) -> None:
        self._database = database
        self._recordings = recordings
        self._clock = clock
        self._records = records
        self._checks = {
            "database": Check("database", self._write_row),
            "recording": Check("recording", self._write_file),
        }

    async def checks(self) -> dict[str, str]:
        """What was checked → `ok`, or what is wrong."""
        found = await asyncio.gather(*(check.found() for check in self._checks.values()))
        return dict(zip(self._checks, found, strict=True))

    async def close(self) -> None:
        for check in self._checks.values():
            await check.close()

    async def _write_row(self) -> None:
        async with self._database.transaction() as tx:
            await properties.put(tx, properties.PROBED_AT, self._clock.now().isoformat())

    async def _write_file(self) -> None:
        if not self._records:
            return
        if unavailable := self._recordings.unavailable:
            raise StorageError(problems.detail(unavailable))
        await self._recordings.probe()
