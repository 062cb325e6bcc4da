"""The data keys of clinical records: made, opened and destroyed.

A record is what is kept and erased as one: the chat of a call, a note, the answers to a
questionnaire. What it says is in a table of its kind, sealed by its key.
"""

import asyncio
import logging
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict, Damaged, Unavailable
from storage import audit
from storage.clinical import clinical_keys, sealing
from storage.clinical.sealing import Place
from storage.database import Database
from storage.errors import DamagedText, KeyServiceAway, StorageError
from storage.models import ClinicalKey
from storage.recordings import recording_keys
from storage.recordings.recording_keys import Ring, clinical_name
from storage.vault.keys import DataKey, KeyProvider
from storage.vault.tombstones import ClinicalTombstone, Tombstones
from storage.words import ClinicalKind

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Record:
    """One whose key is open."""

    id: str
    key: DataKey = field(repr=False)

    def seal(self, place: Place, text: str) -> bytes:
        """What of the text may be stored there."""
        return sealing.seal(self.key, place, text)

    def unseal(self, place: Place, sealed: bytes) -> str:
        """The text. Raises Damaged; the log names the row."""
        try:
            return sealing.unseal(self.key, place, sealed)
        except DamagedText as error:
            log.error("clinical record %s: %s", self.id, error)
            raise Damaged("clinical_text_damaged") from None

    def read(self, place: Place, sealed: bytes) -> str | None:
        """The same of one of several: none for what is damaged, so that the others are read."""
        try:
            return self.unseal(place, sealed)
        except Damaged:
            return None


@dataclass(frozen=True)
class About:
    """What a record is, and of whom."""

    kind: ClinicalKind
    patient_id: str | None = None
    session_id: str | None = None


@dataclass(frozen=True)
class Prepared:
    """A record that is to be, with its wrapped key."""

    record: Record
    row: ClinicalKey


class Records:
    """Without keys nothing is written beside calls, and everything else works.

    Nobody asks for a key within a database transaction: its provider may be a service.
    """

    def __init__(
        self,
        database: Database,
        keys: KeyProvider | None,
        ring: Ring,
        tombstones: Tombstones[ClinicalTombstone],
        clock: Clock,
    ) -> None:
        self._database = database
        self._keys = keys
        self._ring = ring
        self._tombstones = tombstones
        self._clock = clock

    async def make(self, record_id: str, about: About) -> Record:
        """The record with this id, from now on there.

        Raises Unavailable without a key, Conflict if it was erased: then it stays so.
        """
        while True:
            found = await self.find(record_id) or await self._make(record_id, about)
            if found is not None:
                return found

    async def prepare(self, record_id: str, about: About, made: DataKey) -> Prepared:
        """One that is there once `put` has put it there: with that key, and together with what it
        is of. Raises Unavailable without a key to wrap it by.
        """
        keys = self._provider
        async with self._database.reading() as tx:
            key_id = await recording_keys.current(tx, self._ring) or keys.key_id
        try:
            wrapped = await keys.wrap(made, clinical_name(record_id), key_id)
        except StorageError as error:
            raise _unavailable(error) from error
        row = ClinicalKey(
            id=record_id,
            kind=about.kind,
            session_id=about.session_id,
            patient_id=about.patient_id,
            wrapped_key=wrapped,
            key_id=key_id,
            created_at=self._clock.now(),
        )
        return Prepared(Record(record_id, made), row)

    async def put(self, tx: AsyncSession, prepared: Prepared) -> ClinicalKey | None:
        """The row that there is: this one, or the one that was there before; none if a rotation
        began meanwhile, so that it has to be prepared anew.
        """
        key_id = prepared.row.key_id
        if await recording_keys.hold_current(tx, key_id, self._ring) != key_id:
            return None
        return await clinical_keys.put_first(tx, prepared.row)

    async def find(self, record_id: str) -> Record | None:
        """None if there is none.

        Raises Unavailable if its key cannot be had, Conflict if it was erased.
        """
        async with self._database.reading() as tx:
            row = await clinical_keys.get(tx, record_id)
        return None if row is None else await self.opened(row)

    async def opened(self, row: ClinicalKey) -> Record:
        """The record of this row, outside of the transaction that has read it; raises the same."""
        if row.wrapped_key is None:
            raise Conflict("clinical_text_erased")
        try:
            key = await self._provider.unwrap(row.wrapped_key, clinical_name(row.id), row.key_id)
        except StorageError as error:
            raise _unavailable(error) from error
        return Record(row.id, key)

    async def erase(
        self, tx: AsyncSession, row: ClinicalKey, by: Actor | None, reason: str | None = None
    ) -> ClinicalTombstone:
        """Destroy the key of a record that this transaction has locked, and write it down; when it
        has committed, `note_erased` is called with what this returns.
        """
        tombstone = clinical_keys.tombstone(
            row, self._clock.now(), by.user_id if by else None, reason
        )
        await self._erase(tx, row, tombstone, by)
        return tombstone

    async def require_erasable(self) -> None:
        """Whether it can be noted where no backup brings it back. Raises Unavailable."""
        try:
            await asyncio.to_thread(self._tombstones.require)
        except OSError as error:
            raise Unavailable("erasure_unavailable", problem=error.strerror or "?") from None

    async def note_erased(self, tombstone: ClinicalTombstone) -> None:
        """Beside the key. What fails here, the next start does."""
        try:
            await asyncio.to_thread(self._tombstones.add, [tombstone])
        except OSError as error:
            log.error("erased records cannot be noted in %s: %s", self._tombstones.path, error)

    async def apply_tombstones(self) -> None:
        """Before anything is read from a database that may be of a backup: what was erased since
        that was made is erased again. Raises DatabaseUnavailable, OSError.
        """
        known = await asyncio.to_thread(self._tombstones.read)
        async with self._database.reading() as tx:
            here = await clinical_keys.tombstones(tx)
            undone = await clinical_keys.undone(tx, known)
        for record_id in undone:
            log.warning("clinical record %s was erased: its key is destroyed again", record_id)
            async with self._database.transaction() as tx:
                row = await clinical_keys.for_change(tx, record_id)
                if row is not None:
                    await self._erase(tx, row, known[record_id], None)
        if any(tombstone.record_id not in known for tombstone in here):
            await asyncio.to_thread(self._tombstones.add, here)

    @property
    def _provider(self) -> KeyProvider:
        if self._keys is None:
            raise Unavailable("clinical_text_unavailable", reason="no_key")
        return self._keys

    async def _make(self, record_id: str, about: About) -> Record | None:
        """None if a rotation began meanwhile, or somebody else has made it."""
        prepared = await self.prepare(record_id, about, DataKey.new())
        async with self._database.transaction() as tx:
            there = await self.put(tx, prepared)
        is_ours = there is not None and there.wrapped_key == prepared.row.wrapped_key
        return prepared.record if is_ours else None

    async def _erase(
        self, tx: AsyncSession, row: ClinicalKey, tombstone: ClinicalTombstone, by: Actor | None
    ) -> None:
        clinical_keys.destroy(row, tombstone)
        detail = {
            "record_id": row.id,
            "kind": row.kind,
            "patient_id": row.patient_id,
            "reason": tombstone.reason,
            "erased_at": tombstone.erased_at.isoformat(),
        }
        now = self._clock.now()
        event = entry("clinical.erased", now, by, session_id=row.session_id, detail=detail)
        await audit.append(tx, event)


def _unavailable(error: StorageError) -> Unavailable:
    log.error("clinical text: %s", error)
    if isinstance(error, KeyServiceAway):
        return Unavailable("clinical_text_unavailable", reason="key_away")
    return Unavailable("clinical_text_unavailable", reason="key_missing")
