"""The rows of files that were sent in chats."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import ChatFile, ClinicalKey
from storage.words import FileKept

AT_ONCE = 500
"""Ids in one query: PostgreSQL takes no more than 32,767."""
FOLDER = "chat-files"
"""Below that of the recordings, and in the bucket."""


def path(file_id: str) -> str:
    """Of its bytes, relative to the folder or the bucket."""
    return f"{FOLDER}/{file_id}.part"


class KeyedFile(NamedTuple):
    """With what it takes to read it."""

    file: ChatFile
    key: ClinicalKey


class Total(NamedTuple):
    """What a call has, but for what was erased."""

    files: int
    size_bytes: int


async def add(tx: AsyncSession, row: ChatFile) -> None:
    """Of a message that is there."""
    tx.add(row)
    await tx.flush()


async def by_id(tx: AsyncSession, session_id: str, file_id: str) -> KeyedFile | None:
    """None as well if it is of another call."""
    query = _keyed().where(ChatFile.id == file_id, ChatFile.session_id == session_id)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else KeyedFile(*row)


async def of_messages(tx: AsyncSession, message_ids: Collection[str]) -> dict[str, KeyedFile]:
    """Those that have one, by message."""
    rows = await tx.execute(_keyed().where(ChatFile.message_id.in_(message_ids)))
    return {file.message_id: KeyedFile(file, key) for file, key in rows}


async def total(tx: AsyncSession, session_id: str) -> Total:
    """Of a call."""
    query = (
        select(func.count(), func.coalesce(func.sum(ChatFile.size_bytes), 0))
        .join(ClinicalKey, ClinicalKey.id == ChatFile.id)
        .where(ChatFile.session_id == session_id, ClinicalKey.erased_at.is_(None))
    )
    return Total(*(await tx.execute(query)).one())


async def keys_for_change(tx: AsyncSession, session_id: str) -> Sequence[ClinicalKey]:
    """Of all files of a call that were not erased."""
    query = (
        select(ClinicalKey)
        .join(ChatFile, ChatFile.id == ClinicalKey.id)
        .where(ChatFile.session_id == session_id, ClinicalKey.erased_at.is_(None))
        .order_by(ClinicalKey.id)
    )
    return (await tx.scalars(query.with_for_update(of=ClinicalKey))).all()


async def to_remove(tx: AsyncSession) -> Sequence[ChatFile]:
    """Those without a key, whose bytes may still be there."""
    query = (
        select(ChatFile)
        .join(ClinicalKey, ClinicalKey.id == ChatFile.id)
        .where(ClinicalKey.erased_at.is_not(None), ChatFile.removed_at.is_(None))
        .order_by(ChatFile.id)
    )
    return (await tx.scalars(query)).all()


async def removed(tx: AsyncSession, file: ChatFile, at: datetime) -> None:
    """Its bytes are gone from where it was; nothing changes if it was moved since."""
    is_there = ChatFile.id == file.id, ChatFile.kept == file.kept
    statement = update(ChatFile).where(*is_there).values(removed_at=at)
    await tx.execute(statement.execution_options(synchronize_session=False))


async def in_folder(tx: AsyncSession) -> Sequence[ChatFile]:
    """Those that can be read there."""
    query = (
        select(ChatFile)
        .join(ClinicalKey, ClinicalKey.id == ChatFile.id)
        .where(ChatFile.kept == "folder", ClinicalKey.erased_at.is_(None))
        .order_by(ChatFile.id)
    )
    return (await tx.scalars(query)).all()


async def moved(tx: AsyncSession, file_id: str) -> None:
    """It is in the bucket. One whose bytes were removed meanwhile is to be removed from there."""
    statement = update(ChatFile).where(ChatFile.id == file_id)
    values = statement.values(kept="bucket", removed_at=None)
    await tx.execute(values.execution_options(synchronize_session=False))


async def known(tx: AsyncSession, file_ids: Collection[str]) -> dict[str, FileKept]:
    """Where those of them are that there are."""
    ids, found = list(file_ids), dict[str, FileKept]()
    for first in range(0, len(ids), AT_ONCE):
        some = ChatFile.id.in_(ids[first : first + AT_ONCE])
        rows = await tx.execute(select(ChatFile.id, ChatFile.kept).where(some))
        found |= {row.id: row.kept for row in rows}
    return found


async def stored(tx: AsyncSession) -> Sequence[KeyedFile]:
    """All of them."""
    return [KeyedFile(*row) for row in await tx.execute(_keyed().order_by(ChatFile.id))]


def _keyed() -> Select[ChatFile, ClinicalKey]:
    return select(ChatFile, ClinicalKey).join(ClinicalKey, ClinicalKey.id == ChatFile.id)
