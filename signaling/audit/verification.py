"""Whether the log is still what was signed: a server reads all of it, a little at a time, and
begins anew each day. What is added meanwhile is looked at as it comes.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.audit import retention
from signaling.audit.resources import (
    AuditCheckpoint,
    AuditCosignature,
    AuditStatus,
    AuditVerification,
)
from signaling.kernel.clock import Clock
from storage.audit import checkpoint, cosigned, key, log
from storage.audit.checkpoint import Checkpoint
from storage.audit.cosignature import Cosigner
from storage.audit.file import CheckpointFile
from storage.audit.note import Verifier
from storage.audit.succession import keys_from
from storage.audit.tiles import WIDTH
from storage.audit.verify import Fault, Walk, Wrong
from storage.database import Database
from storage.errors import InvalidNote, KeyFileError, StorageError

logger = logging.getLogger(__name__)

ROWS = WIDTH
"""In a step, which takes some 10 ms of this process."""
SHARE = 10
"""One part of so many is what it takes of a core."""
LOOK_SECONDS = 5.0
"""Between two looks for what was added."""
ROUND_SECONDS = 24 * 3600.0
AGAIN_SECONDS = 600.0
"""After something was found: it may have been put right."""


@dataclass(frozen=True)
class LogKey:
    """By what the log is known."""

    path: Path
    """Of the private key: the public one lies beside it."""
    checkpoints: Path
    """The file in which they are published."""
    cosigners: Sequence[Cosigner]

    @property
    def verifier(self) -> Verifier:
        """The log's first. Raises KeyFileError, InvalidNote."""
        return key.load_public(key.public_file(self.path))

    @property
    def name(self) -> str | None:
        """The log's; none where nobody has put its key."""
        try:
            return self.verifier.name
        except (KeyFileError, InvalidNote):
            return None


class Verification:
    """One server's."""

    def __init__(self, database: Database, key: LogKey, clock: Clock) -> None:
        self.whole_at: datetime | None = None
        self.wrong: Wrong | None = None
        self.failures = 0
        """Rounds that were broken off, as something was away."""
        self.checked = 0
        self.expired = 0
        """Of these, rows that are their hash alone."""
        self._database = database
        self._key = key
        self._clock = clock
        self._told: str | None = None
        self._good_at = clock.moment().steady
        """When the last round ended that found nothing, or this server began."""

    @property
    def is_on(self) -> bool:
        """Whether the log has a public key here, without which nothing can be told."""
        return self._key.name is not None

    @property
    def unverified_seconds(self) -> float:
        """How long ago all of the log was found as it was signed, or since this server began."""
        return self._clock.moment().steady - self._good_at

    @property
    def fault(self) -> Fault | None:
        """What is wrong with it; none if nothing was found."""
        return self.wrong.fault if self.wrong else None

    async def watch(self) -> None:
        """Until cancelled."""
        while self.is_on:
            try:
                await self.round()
                self._told = None
            except Wrong as error:
                self._tell(f"the audit log is not what was signed: {error}")
                self.wrong, self.whole_at = error, None
                await asyncio.sleep(AGAIN_SECONDS)
            except (StorageError, OSError) as error:
                self.failures += 1
                self._tell(f"the audit log cannot be verified now: {error}")
                await asyncio.sleep(LOOK_SECONDS)

    async def round(self, seconds: float = ROUND_SECONDS) -> None:
        """All of the log, and then for that long what is added to it. Raises Wrong, StorageError,
        OSError.
        """
        began = self._clock.moment().steady
        walk = Walk([], self._clock.now())
        await self._follow(walk)
        async with self._database.reading() as tx:
            await walk.end(tx)
        self.whole_at, self.wrong = self._clock.now(), None
        self._good_at = self._clock.moment().steady
        while self._clock.moment().steady - began < seconds:
            await asyncio.sleep(LOOK_SECONDS)
            await self._follow(walk)

    async def _follow(self, walk: Walk) -> None:
        """As far as the log goes now."""
        verifier = self._key.verifier
        async with self._database.reading() as tx:
            keys = await keys_from(tx, verifier)
        published = await asyncio.to_thread(CheckpointFile(self._key.checkpoints, *keys).newest)
        if published is not None:
            walk.expect([published])
        loop = asyncio.get_running_loop()
        more = True
        while more:
            began = loop.time()
            async with self._database.reading() as tx:
                walk.expect(await _between(tx, walk.size, walk.size + ROWS, keys))
                more = await walk.step(tx, ROWS)
            self.checked, self.expired = walk.size, walk.expired
            await asyncio.sleep((loop.time() - began) * (SHARE - 1))
        walk.ends()

    def _tell(self, problem: str) -> None:
        """Once, as long as it is the same."""
        if problem != self._told:
            logger.error("%s", problem)
        self._told = problem

    async def status(self) -> AuditStatus:
        """How the log stands, and what was found."""
        async with self._database.reading() as tx:
            standing = await log.standing(tx)
            newest = await self._newest(tx)
            kept = await retention.outlook(tx, self._clock.now())
        return AuditStatus(
            log=self._key.name,
            size=standing.size,
            waiting=standing.waiting,
            checkpoint=newest,
            verification=AuditVerification(
                checked=self.checked,
                expired=self.expired,
                whole_at=self.whole_at,
                fault=self.fault,
                row=self.wrong.row if self.wrong else None,
            ),
            retention=kept,
        )

    async def _newest(self, tx: AsyncSession) -> AuditCheckpoint | None:
        row = await log.newest_checkpoint(tx)
        if row is None:
            return None
        made = {(one.name, one.key_id): one.at for one in await cosigned.of_size(tx, row.size)}
        return AuditCheckpoint(
            size=row.size,
            made_at=row.made_at,
            root=checkpoint.root_of(log.stored(row.note)).hex(),
            cosignatures=[
                AuditCosignature(witness=one.name, at=made.get((one.name, one.key_id.hex())))
                for one in self._key.cosigners
            ],
        )


async def _between(
    tx: AsyncSession, above: int, up_to: int, keys: Sequence[Verifier]
) -> Sequence[Checkpoint]:
    """Those of the database. Raises Wrong for one that the log's keys have not signed."""
    rows = await log.checkpoints(tx, above, up_to)
    try:
        return [checkpoint.kept(row.size, log.stored(row.note), *keys) for row in rows]
    except InvalidNote as error:
        raise Wrong("forked", str(error)) from None
