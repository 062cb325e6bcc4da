"""Which key wraps those of recordings, and the rows of a rotation from one key to the next.

A rotation begins in one transaction, from which on every new recording is wrapped by the new key;
then the rows there are follow, and at last it ends. It is a row itself meanwhile, so that whoever
finds it can go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct, ValidationError, json
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import properties
from storage.errors import StorageError
from storage.models import Recording
from storage.properties import KEY_ROTATION, RECORDING_KEY
from storage.vault.keys.sealed import PREFIX


class Rotation(Struct, frozen=True):
    """One that is not finished."""

    old: str
    """Key ids."""
    new: str
    rewrapped: int = 0
    """Recordings so far."""


@dataclass(frozen=True)
class WrappedKey:
    """As it was found in a recording's row."""

    recording_id: str
    key_id: str
    wrapped: bytes


async def current(tx: AsyncSession) -> str | None:
    """Which key wraps those of new recordings; none before the first recording."""
    return await properties.value(tx, RECORDING_KEY)


async def hold_current(tx: AsyncSession, key_id: str) -> str:
    """The same, this one if there was none; no rotation begins before the transaction ends."""
    return await properties.hold_first(tx, RECORDING_KEY, key_id)


async def unfinished(tx: AsyncSession) -> Rotation | None:
    """Raises StorageError if nobody can read what is there."""
    text = await properties.value(tx, KEY_ROTATION)
    if text is None:
        return None
    try:
        return json.decode(text, type=Rotation)
    except ValidationError as error:
        raise StorageError(f"The property {KEY_ROTATION} cannot be read: {error}.") from None


async def begin(tx: AsyncSession, rotation: Rotation) -> None:
    """From the end of the transaction on, no recording gets another key than the new one.

    Waits for transactions in which one gets the old one.
    """
    await properties.put(tx, RECORDING_KEY, rotation.new)
    await note(tx, rotation)


async def note(tx: AsyncSession, rotation: Rotation) -> None:
    """How far it is."""
    await properties.put(tx, KEY_ROTATION, json.encode(rotation).decode())


async def finish(tx: AsyncSession) -> None:
    await properties.remove(tx, KEY_ROTATION)


async def wrapped_by_others(
    tx: AsyncSession, key_id: str, after: str, limit: int
) -> Sequence[WrappedKey]:
    """Keys that another key wraps, of recordings whose ids are above `after`, in their order."""
    query = select(Recording.id, Recording.key_id, Recording.wrapped_key).where(
        *_by_others(key_id), Recording.id > after
    )
    rows = await tx.execute(query.order_by(Recording.id).limit(limit))
    return [WrappedKey(found, by, wrapped) for found, by, wrapped in rows if wrapped is not None]


async def count_by_others(tx: AsyncSession, key_id: str) -> int:
    """How many there are."""
    query = select(func.count()).select_from(Recording).where(*_by_others(key_id))
    return await tx.scalar(query) or 0


def _by_others(key_id: str) -> tuple[ColumnElement[bool], ...]:
    """Of recordings that still have a key, and one that a server can open."""
    return (
        Recording.key_id != key_id,
        Recording.wrapped_key.is_not(None),
        Recording.key_id.not_like(f"{PREFIX}%"),
    )


async def replace(tx: AsyncSession, found: WrappedKey, wrapped: bytes, key_id: str) -> bool:
    """False if the row is no more as it was found: then it stays as it is.

    Whoever carries the recording may write its other columns meanwhile.
    """
    same = (
        Recording.id == found.recording_id,
        Recording.key_id == found.key_id,
        Recording.wrapped_key == found.wrapped,
    )
    statement = update(Recording).where(*same).values(wrapped_key=wrapped, key_id=key_id)
    statement = statement.returning(Recording.id)
    done = await tx.execute(statement.execution_options(synchronize_session=False))
    return done.one_or_none() is not None
