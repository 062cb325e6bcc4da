"""That a row of the database is in the log, for whoever must not see the others."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit import cosigned, log, proof
from storage.audit.cosignature import Cosigner
from storage.audit.note import Verifier
from storage.audit.proof import Proof
from storage.audit.succession import keys_from
from storage.errors import NotSignedYet, RowExpired
from storage.models import AuditLeaf, AuditRow, Recording


async def of_row(
    tx: AsyncSession, row: int, verifier: Verifier, cosigners: Sequence[Cosigner]
) -> Proof | None:
    """By the newest checkpoint that all witnesses have cosigned; none if there is no such row, or
    it still waits for its place. The verifier is of the log's first key.

    Raises NotSignedYet, RowExpired; InvalidNote, InvalidLog where the log is not what was signed.
    """
    leaf = await log.leaf_of(tx, row)
    if leaf is None:
        return None
    if leaf.leaf is None:
        raise RowExpired(f"Row {row} has expired: only its hash is left in the log.")
    newest = await cosigned.newest_final(tx, cosigners)
    if newest is None or newest.size <= leaf.leaf_index:
        raise NotSignedYet(f"No checkpoint covers row {row} yet.")
    path = await log.path_of(tx, leaf.leaf_index, newest.size)
    found = Proof(log.stored(leaf.leaf), leaf.leaf_index, tuple(path), newest.note)
    proof.verify(found, *await keys_from(tx, verifier))
    return found


@dataclass(frozen=True)
class Excerpt:
    """What the log says of a recording, each row with its proof."""

    proofs: Sequence[tuple[int, Proof]]
    """By the ids of the rows, which they are ordered by."""
    not_signed: int
    """Rows that no checkpoint covers yet."""


async def of_recording(
    tx: AsyncSession, recording: Recording, verifier: Verifier, cosigners: Sequence[Cosigner]
) -> Excerpt:
    """Rows about it, and those about its call that are about no other recording. Raises InvalidNote
    and InvalidLog where the log is not what was signed.
    """
    about = or_(
        AuditRow.recording_id == recording.id,
        and_(AuditRow.session_id == recording.session_id, AuditRow.recording_id.is_(None)),
    )
    total = await tx.scalar(select(func.count()).select_from(AuditRow).where(about)) or 0
    newest = await cosigned.newest_final(tx, cosigners)
    if newest is None:
        return Excerpt([], total)
    keys = await keys_from(tx, verifier)
    leaves = await tx.scalars(
        select(AuditLeaf)
        .join(AuditRow, AuditRow.id == AuditLeaf.audit_id)
        .where(about, AuditLeaf.leaf_index < newest.size, AuditLeaf.leaf.is_not(None))
        .order_by(AuditLeaf.audit_id)
    )
    found = []
    for leaf in leaves.all():
        path = await log.path_of(tx, leaf.leaf_index, newest.size)
        made = Proof(log.stored(leaf.leaf), leaf.leaf_index, tuple(path), newest.note)
        proof.verify(made, *keys)
        found.append((leaf.audit_id, made))
    return Excerpt(found, total - len(found))
