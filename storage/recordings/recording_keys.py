"""Which key wraps those of recordings and of clinical records, and the rows of a rotation from one
key to the next.

A rotation begins in one transaction, from which on every new data key is wrapped by the new key;
then the rows there are follow, and at last it ends. It is a row itself meanwhile, so that whoever
finds it can go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct, ValidationError, json, structs
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.errors import StorageError, WrongKey
from storage.models import ClinicalKey, Recording
from storage.rows import properties
from storage.rows.properties import (
    CLINICAL_KEY,
    CLINICAL_KEY_ROTATION,
    KEY_ROTATION,
    RECORDING_KEY,
)
from storage.vault.keys.datakey import CLINICAL as CLINICAL_RECORD
from storage.vault.keys.sealed import PREFIX, PublicKey

Owner = type[Recording] | type[ClinicalKey]
"""Whose data key is wrapped."""


@dataclass(frozen=True)
class Ring:
    """What one wrapping key is for, and the properties that say which it is."""

    current: str
    rotation: str
    owners: tuple[Owner, ...]


RECORDINGS = Ring(RECORDING_KEY, KEY_ROTATION, (Recording, ClinicalKey))
"""The usual one, which wraps everything."""
CLINICAL = Ring(CLINICAL_KEY, CLINICAL_KEY_ROTATION, (ClinicalKey,))
"""Of clinical records alone, where recordings are sealed."""


class Rotation(Struct, frozen=True):
    """One that is not finished."""

    old: str
    """Key ids."""
    new: str
    rewrapped: int = 0
    """Recordings so far."""
    clinical: int = 0
    """Clinical records so far."""

    def counted(self, owner: Owner) -> "Rotation":
        """With one more of them."""
        if owner is Recording:
            return structs.replace(self, rewrapped=self.rewrapped + 1)
        return structs.replace(self, clinical=self.clinical + 1)


@dataclass(frozen=True)
class WrappedKey:
    """As it was found in its owner's row."""

    owner: Owner
    id: str
    key_id: str
    wrapped: bytes

    @property
    def bound_to(self) -> str:
        """What the key provider knows its owner by."""
        return self.id if self.owner is Recording else clinical_name(self.id)


def clinical_name(record_id: str) -> str:
    """What wrapped keys of clinical records are bound to, which no recording's id is."""
    return f"{CLINICAL_RECORD}{record_id}"


async def current(tx: AsyncSession, ring: Ring = RECORDINGS) -> str | None:
    """Which key wraps new data keys; none before the first one."""
    return await properties.value(tx, ring.current)


async def hold_current(tx: AsyncSession, key_id: str, ring: Ring = RECORDINGS) -> str:
    """The same, this one if there was none; no rotation begins before the transaction ends."""
    return await properties.hold_first(tx, ring.current, key_id)


async def sealing_digest(tx: AsyncSession, key_id: str) -> str | None:
    """Of the public key that has this id here; none if no server has come with it."""
    return await properties.value(tx, properties.sealing_key(key_id))


async def note_sealing(tx: AsyncSession, key: PublicKey) -> bool:
    """Keep the digest of a public key by its id; whether nothing was known of that id before.

    Raises WrongKey if another key had it: then somebody has made one with that id.
    """
    is_new = await sealing_digest(tx, key.key_id) is None
    known = await properties.put_first(tx, properties.sealing_key(key.key_id), key.digest)
    if known != key.digest:
        raise WrongKey(
            f"The public key is not the one that recordings are sealed to: its id is {key.key_id} "
            f"as well, but its digest is {key.digest}, and not {known}. Somebody has put it there; "
            "put the right one back (recording.public_key_file)."
        )
    return is_new


async def unfinished(tx: AsyncSession, ring: Ring = RECORDINGS) -> Rotation | None:
    """Raises StorageError if nobody can read what is there."""
    text = await properties.value(tx, ring.rotation)
    if text is None:
        return None
    try:
        return json.decode(text, type=Rotation)
    except ValidationError as error:
        raise StorageError(f"The property {ring.rotation} cannot be read: {error}.") from None


async def begin(tx: AsyncSession, rotation: Rotation, ring: Ring = RECORDINGS) -> None:
    """From the end of the transaction on, no data key is wrapped by another key than the new one.

    Waits for transactions in which one gets the old one.
    """
    await properties.put(tx, ring.current, rotation.new)
    await note(tx, rotation, ring)


async def note(tx: AsyncSession, rotation: Rotation, ring: Ring = RECORDINGS) -> None:
    """How far it is."""
    await properties.put(tx, ring.rotation, json.encode(rotation).decode())


async def finish(tx: AsyncSession, ring: Ring = RECORDINGS) -> None:
    await properties.remove(tx, ring.rotation)


async def wrapped_by_others(
    tx: AsyncSession, owner: Owner, key_id: str, after: str, limit: int
) -> Sequence[WrappedKey]:
    """Keys that another key wraps, of owners whose ids are above `after`, in their order."""
    query = select(owner.id, owner.key_id, owner.wrapped_key).where(
        *_by_others(owner, key_id), owner.id > after
    )
    rows = await tx.execute(query.order_by(owner.id).limit(limit))
    return [
        WrappedKey(owner, found, by, wrapped) for found, by, wrapped in rows if wrapped is not None
    ]


async def count_by_others(tx: AsyncSession, owner: Owner, key_id: str) -> int:
    """How many there are."""
    query = select(func.count()).select_from(owner).where(*_by_others(owner, key_id))
    return await tx.scalar(query) or 0


def _by_others(owner: Owner, key_id: str) -> tuple[ColumnElement[bool], ...]:
    """Of owners that still have a key, and one that a server can open."""
    return (
        owner.key_id != key_id,
        owner.wrapped_key.is_not(None),
        owner.key_id.not_like(f"{PREFIX}%"),
    )


async def replace(tx: AsyncSession, found: WrappedKey, wrapped: bytes, key_id: str) -> bool:
    """False if the row is no more as it was found: then it stays as it is.

    Whoever carries a recording may write its other columns meanwhile.
    """
    owner = found.owner
    same = (owner.id == found.id, owner.key_id == found.key_id, owner.wrapped_key == found.wrapped)
    statement = update(owner).where(*same).values(wrapped_key=wrapped, key_id=key_id)
    statement = statement.returning(owner.id)
    done = await tx.execute(statement.execution_options(synchronize_session=False))
    return done.one_or_none() is not None
