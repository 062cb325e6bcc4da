"""One note for each author and call. Nobody else reads it, whatever their role.

It is written again and again as its author types, each time in place of the version that their
page knew: of two pages at once the second one is refused, and nothing is lost.
"""

import logging

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.clinical import visits
from signaling.clinical.notes.resources import Note, NoteEntry, NoteList, WriteNote
from signaling.clinical.records import About, Records
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict, NotFound
from signaling.kernel.repeats import Repeats
from storage import models
from storage.audit import Detail
from storage.clinical import clinical_keys, notes
from storage.clinical.sealing import Place
from storage.database import Database
from storage.ids import new_id
from storage.models import TelemedicineSession
from storage.words import AuditAction

log = logging.getLogger(__name__)

TABLE = "notes"
MOST_LISTED = 200


class Notes:
    """To whoever took no part in the call, each method raises NotFound."""

    def __init__(
        self, database: Database, records: Records, repeats: Repeats, clock: Clock
    ) -> None:
        self._database = database
        self._records = records
        self._repeats = repeats
        self._clock = clock

    async def read(self, actor: Actor, room_id: str) -> Note:
        """The actor's own, in the log before it is handed out. Raises Damaged, Unavailable."""
        async with self._database.reading() as tx:
            session, row = await self._found(tx, actor, room_id)
        if row is None:
            return Note(room_id=room_id, text="", version=0)
        record = await self._records.find(row.id)
        if record is None:
            raise NotFound("unknown_note")
        text = record.unseal(_place(row.id, row.version), row.sealed)
        await self._note("note.read", actor, session)
        return Note(room_id=room_id, text=text, version=row.version, updated_at=row.updated_at)

    async def write(self, actor: Actor, room_id: str, body: WriteNote) -> Note:
        """Raises Conflict if another page has written meanwhile."""
        async with self._database.reading() as tx:
            session, row = await self._found(tx, actor, room_id)
        if (row.version if row else 0) != body.version:
            raise Conflict("note_changed", version=row.version if row else 0)
        note_id, now = row.id if row else new_id(), self._clock.now()
        about = About("note", patient_id=session.patient_id, session_id=session.id)
        record = await self._records.make(note_id, about)
        version = body.version + 1
        sealed = record.seal(_place(note_id, version), body.text)
        async with self._database.transaction() as tx:
            if row is None:
                new = models.Note(
                    id=note_id,
                    author_id=actor.user_id,
                    session_id=session.id,
                    version=version,
                    sealed=sealed,
                    characters=len(body.text),
                    created_at=now,
                    updated_at=now,
                )
                done = await notes.add(tx, new)
            else:
                done = await notes.replace(tx, note_id, body.version, sealed, len(body.text), now)
            if not done:
                raise Conflict("note_changed", version=version)
            await self._note("note.written", actor, session, tx)
        return Note(room_id=room_id, text=body.text, version=version, updated_at=now)

    async def erase(self, actor: Actor, room_id: str) -> None:
        """For good, key and row. Raises NotFound without one."""
        await self._records.require_erasable()
        async with self._database.transaction() as tx:
            _, row = await self._found(tx, actor, room_id)
            key = await clinical_keys.for_change(tx, row.id) if row else None
            if row is None or key is None:
                raise NotFound("unknown_note")
            await notes.remove(tx, row.id)
            tombstone = await self._records.erase(tx, key, actor)
        await self._records.note_erased(tombstone)

    async def on_patient(self, actor: Actor, patient_id: str) -> NoteList:
        """Where the actor has written of that patient, and when: nothing of what."""
        async with self._database.reading() as tx:
            found = await notes.on_patient(tx, actor.user_id, patient_id, MOST_LISTED)
        detail: Detail = {"rows": len(found)}
        event = entry("note.listed", self._clock.now(), actor, user_id=patient_id, detail=detail)
        await self._repeats.append(event, f"{actor.user_id} {patient_id}", adds="rows")
        return NoteList(
            notes=[
                NoteEntry(room_id=room, characters=row.characters, updated_at=row.updated_at)
                for row, room in found
            ]
        )

    async def _found(
        self, tx: AsyncSession, actor: Actor, room_id: str
    ) -> tuple[TelemedicineSession, models.Note | None]:
        session = await visits.of_somebody(tx, actor, room_id)
        return session, await notes.of_call(tx, actor.user_id, session.id)

    async def _note(
        self,
        action: AuditAction,
        actor: Actor,
        session: TelemedicineSession,
        tx: AsyncSession | None = None,
    ) -> None:
        """The first one at once, those of the next minute as one: pages save by themselves."""
        event = entry(action, self._clock.now(), actor, session_id=session.id)
        await self._repeats.append(event, f"{actor.user_id} {session.id}", tx=tx)


def _place(note_id: str, version: int) -> Place:
    return Place(TABLE, note_id, version)
