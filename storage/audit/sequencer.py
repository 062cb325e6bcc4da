"""Puts committed rows into the tree, one server at a time, and signs it.

The order is that in which rows are found committed, not that of their ids: PostgreSQL gives ids out
before it is known who commits first.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit import cosigned, log
from storage.audit.checkpoint import Checkpoint, opened
from storage.audit.cosignature import Cosigner
from storage.audit.file import CheckpointFile
from storage.audit.note import Signer, Verifier
from storage.audit.tiles import Edge
from storage.database import Database
from storage.errors import InvalidLog, InvalidNote, LogForked, WrongKey
from storage.rows import properties

SEALS = frozenset({"recording.completed", "recording.recovered", "recording.failed"})
"""After which the tree is signed at once."""


@dataclass(frozen=True)
class Step:
    """What one transaction of the sequencer did."""

    added: int
    signed: bool


class Sequencer:
    """One server's. Without a key, rows are put into the tree and nothing is signed."""

    def __init__(
        self,
        database: Database,
        signer: Signer | None,
        path: Path,
        cosigners: Sequence[Cosigner] = (),
    ) -> None:
        """What is published has the cosignatures of all these."""
        self._database = database
        self._cosigners = cosigners
        self._signer = signer
        self._path = path
        self._keys: tuple[Verifier, ...] = (signer.verifier,) if signer else ()
        self._edge: Edge | None = None
        self._published: Checkpoint | None = None

    async def settle_key(self) -> None:
        """The log has one key, the first that a server came with, or the last that it was changed
        to. Raises WrongKey.
        """
        if self._signer is None:
            return
        mine = str(self._signer.verifier)
        async with self._database.transaction() as tx:
            settled = await properties.put_first(tx, properties.AUDIT_KEY, mine)
            before = await properties.value(tx, properties.AUDIT_KEYS_BEFORE) or ""
            restored = await properties.value(tx, properties.AUDIT_RESTORED)
        if settled != mine:
            raise WrongKey(
                f"The audit log is signed with the key of {settled.partition('+')[0]}, but the key "
                f"file holds that of {self._signer.name}; put the right one back (audit.key_file)."
            )

        if restored:
            raise WrongKey(
                "The database was restored from a backup, after which its audit log must not be "
                "signed by the same name and key: run `carelay audit rotate-key`."
            )
        self._keys = (*map(Verifier.parse, before.split()), self._signer.verifier)

    @property
    def _file(self) -> CheckpointFile | None:
        return CheckpointFile(self._path, *self._keys) if self._keys else None

    async def step(self, now: datetime, *, sign: bool = False) -> Step | None:
        """Some of the rows that wait; none if another server is at it.

        With `sign`, or after the end of a recording, the tree is signed as it is then. Raises
        InvalidLog, in particular LogForked; StorageError.
        """
        edge, self._edge = self._edge, None  # of no use if anything fails
        if edge is None and self._file:
            self._published = await asyncio.to_thread(self._file.newest)
        try:
            self._edge, step = await self._added(edge, now, sign=sign)
        except IntegrityError as error:
            raise InvalidLog("The audit log has rows that its tree does not know of.") from error
        return step

    async def _added(
        self, edge: Edge | None, now: datetime, *, sign: bool
    ) -> tuple[Edge | None, Step | None]:
        async with self._database.transaction() as tx:
            if not await log.is_mine(tx):
                return None, None
            if edge is None or edge.size != await log.size(tx):
                edge = await log.edge(tx)
                if self._signer:
                    await self._refuse_fork(tx)
            growth = await log.grow(tx, edge)
            signed = False
            if self._signer and (sign or not SEALS.isdisjoint(growth.actions)):
                signed = await log.add_checkpoint(tx, edge, self._signer, now)
        return edge, Step(len(growth.leaves), signed)

    async def publish(self) -> None:
        """Final checkpoints that the database has and the file has not.

        Raises OSError, InvalidNote.
        """
        if self._file is None:
            return
        newest = await asyncio.to_thread(self._file.newest)
        async with self._database.reading() as tx:
            newer = await cosigned.finals(tx, newest.size if newest else 0, self._cosigners)
        if newer:
            await asyncio.to_thread(self._file.add, [final.note for final in newer])

    async def _refuse_fork(self, tx: AsyncSession) -> None:
        """The tree goes on from what this server published, and from what the database says."""
        known = [self._published]
        if (newest := await log.newest_checkpoint(tx)) is not None:
            known.append(_of_database(log.stored(newest.note), self._keys))
        leaves = await log.size(tx)
        for said in known:
            if said is None:
                continue
            if said.size > leaves:
                raise LogForked(
                    f"The audit log has lost rows: {said.size} were signed, {leaves} are there."
                )
            if await log.root_at(tx, said.size) != said.root:
                raise LogForked(
                    f"The first {said.size} rows of the audit log are not those that were signed; "
                    "`carelay audit verify` tells more."
                )


def _of_database(data: bytes, keys: Sequence[Verifier]) -> Checkpoint:
    try:
        return opened(data, *keys)
    except InvalidNote as error:
        raise InvalidLog(f"The newest checkpoint in the database is not ours. {error}") from error
