"""Cosignatures in the database, and which checkpoints are final: those that every witness of the
configuration has cosigned, or all where there are no witnesses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit import log, note
from storage.audit.cosignature import Cosignature, Cosigner, missing
from storage.audit.note import Note
from storage.models import AuditCheckpoint, AuditCosignature

_LOOK_BACK = 100
"""Checkpoints that are looked through for the newest final one: those of two hours at least."""


@dataclass(frozen=True)
class Final:
    """A checkpoint with the cosignatures of all witnesses."""

    size: int
    note: bytes


async def keep(tx: AsyncSession, size: int, cosigner: Cosigner, found: Cosignature) -> None:
    """Unless another server of this log was faster."""
    key = size, cosigner.name, cosigner.key_id.hex()
    if await tx.get(AuditCosignature, key) is None:
        tx.add(
            AuditCosignature(
                size=size,
                name=cosigner.name,
                key_id=key[2],
                at=found.at,
                value=found.signature.value,
            )
        )
        await tx.flush()


async def largest(tx: AsyncSession, cosigner: Cosigner) -> int:
    """How many rows the newest checkpoint covers that this witness has cosigned; 0 of none."""
    statement = select(func.max(AuditCosignature.size)).where(*_of(cosigner))
    return await tx.scalar(statement) or 0


async def last_at(tx: AsyncSession, cosigner: Cosigner) -> datetime | None:
    """When this witness has cosigned last."""
    newest = select(AuditCosignature.at).where(*_of(cosigner))
    found: datetime | None = await tx.scalar(newest.order_by(AuditCosignature.size.desc()).limit(1))
    return found


async def of_size(tx: AsyncSession, size: int) -> Sequence[AuditCosignature]:
    """Those of the checkpoint of so many rows."""
    return (await tx.scalars(select(AuditCosignature).where(AuditCosignature.size == size))).all()


async def finals(tx: AsyncSession, above: int, cosigners: Sequence[Cosigner]) -> Sequence[Final]:
    """Of trees larger than that, smallest first. Raises InvalidNote."""
    return await _complete(tx, await log.checkpoints(tx, above), cosigners)


async def newest_final(tx: AsyncSession, cosigners: Sequence[Cosigner]) -> Final | None:
    """None where nothing is signed, or the witnesses have been away long. Raises InvalidNote."""
    statement = select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc())
    rows = (await tx.scalars(statement.limit(_LOOK_BACK))).all()
    found = await _complete(tx, rows, cosigners)
    return found[0] if found else None


async def waits_since(tx: AsyncSession, above: int) -> datetime | None:
    """When the oldest checkpoint was made that is larger than the newest final one."""
    statement = select(AuditCheckpoint.made_at).where(AuditCheckpoint.size > above)
    found: datetime | None = await tx.scalar(statement.order_by(AuditCheckpoint.size).limit(1))
    return found


async def _complete(
    tx: AsyncSession, rows: Sequence[AuditCheckpoint], cosigners: Sequence[Cosigner]
) -> list[Final]:
    if not cosigners:
        return [Final(row.size, log.stored(row.note)) for row in rows]
    found = []
    for row in rows:
        signed = note.parse(log.stored(row.note))
        kept = await tx.scalars(
            select(AuditCosignature)
            .where(AuditCosignature.size == row.size)
            .order_by(AuditCosignature.name)
        )
        lines = [
            note.Signature(one.name, bytes.fromhex(one.key_id), log.stored(one.value))
            for one in kept
        ]
        whole = Note(signed.text, (*signed.signatures, *lines))
        if not missing(whole, cosigners):
            found.append(Final(row.size, whole.data))
    return found


def _of(cosigner: Cosigner) -> tuple[ColumnElement[bool], ...]:
    return (
        AuditCosignature.name == cosigner.name,
        AuditCosignature.key_id == cosigner.key_id.hex(),
    )
