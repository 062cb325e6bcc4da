"""Private notes: the rows, whose text is sealed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Note, TelemedicineSession
from storage.rows.insert import insert_unless_taken


async def of_call(tx: AsyncSession, author_id: str, session_id: str) -> Note | None:
    """What that author has written on the call."""
    query = select(Note).where(Note.author_id == author_id, Note.session_id == session_id)
    return await tx.scalar(query)


async def on_patient(
    tx: AsyncSession, author_id: str, patient_id: str, limit: int
) -> Sequence[tuple[Note, str]]:
    """What that author has written on their calls, with the rooms of these; newest first."""
    query = (
        select(Note, TelemedicineSession.room_id)
        .join(TelemedicineSession, TelemedicineSession.id == Note.session_id)
        .where(Note.author_id == author_id, TelemedicineSession.patient_id == patient_id)
        .order_by(Note.updated_at.desc(), Note.id)
    )
    return [(note, room) for note, room in await tx.execute(query.limit(limit))]


async def add(tx: AsyncSession, row: Note) -> bool:
    """False if the author has another one on the call already."""
    columns = Note.__table__.columns.keys()
    values = {name: getattr(row, name) for name in columns}
    return await insert_unless_taken(tx, Note, values, ("author_id", "session_id")) is not None


async def replace(
    tx: AsyncSession, note_id: str, version: int, sealed: bytes, characters: int, at: datetime
) -> bool:
    """Put the next version in place of this one; false if it is not this one any more."""
    statement = (
        update(Note)
        .where(Note.id == note_id, Note.version == version)
        .values(version=version + 1, sealed=sealed, characters=characters, updated_at=at)
        .returning(Note.id)
    )
    done = await tx.execute(statement.execution_options(synchronize_session=False))
    return done.one_or_none() is not None


async def remove(tx: AsyncSession, note_id: str) -> None:
    statement = delete(Note).where(Note.id == note_id)
    await tx.execute(statement.execution_options(synchronize_session=False))
