"""That a row of the database is in the log, for whoever must not see the others."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit import cosigned, log, proof
from storage.audit.cosignature import Cosigner
from storage.audit.note import Verifier
from storage.audit.proof import Proof
from storage.audit.succession import keys_from
from storage.errors import NotSignedYet


async def of_row(
    tx: AsyncSession, row: int, verifier: Verifier, cosigners: Sequence[Cosigner]
) -> Proof | None:
    """By the newest checkpoint that all witnesses have cosigned; none if there is no such row, or
    it still waits for its place. The verifier is of the log's first key.

    Raises NotSignedYet; InvalidNote, InvalidLog where the log is not what was signed.
    """
    leaf = await log.leaf_of(tx, row)
    if leaf is None:
        return None
    newest = await cosigned.newest_final(tx, cosigners)
    if newest is None or newest.size <= leaf.leaf_index:
        raise NotSignedYet(f"No checkpoint covers row {row} yet.")
    path = await log.path_of(tx, leaf.leaf_index, newest.size)
    found = Proof(log.stored(leaf.leaf), leaf.leaf_index, tuple(path), newest.note)
    proof.verify(found, *await keys_from(tx, verifier))
    return found
