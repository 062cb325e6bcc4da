"""Rows whose time is over lose their content, and stay in the tree as their hash alone.

A leaf that has expired has no bytes any more, and its row is gone: the full tile of its neighbours
holds its hash, so that the tree, its checkpoints and all proofs of other rows stay what they were.
Which rows expired is an event of the log itself, and never expires. What must stay is in one place,
the view `audit_expirable` of the database, by which its triggers judge, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    bindparam,
    column,
    delete,
    func,
    select,
    table,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit import indices, log
from storage.audit.events import Detail
from storage.audit.tiles import WIDTH
from storage.errors import InvalidLog
from storage.models import AuditLeaf, AuditRow, UtcDateTime
from storage.words import AuditAction

RECORD: AuditAction = "audit.expired"
EXPIRABLE = table(
    "audit_expirable",
    column("leaf_index", BigInteger()),
    column("audit_id", BigInteger()),
    column("at", UtcDateTime()),
)
"""Rows whose content may go once they are old enough."""


@dataclass(frozen=True)
class Expiring:
    """A row that is going to expire."""

    id: int
    at: datetime
    action: AuditAction


async def end(tx: AsyncSession, cut_off: datetime) -> int:
    """The index of the first leaf that has a later time; nothing from there on expires.

    So whoever verifies can tell by the rows that are left that none expired before its time: all of
    those before it are older as well.
    """
    later = (
        select(AuditLeaf.leaf_index)
        .join(AuditRow, AuditRow.id == AuditLeaf.audit_id)
        .where(AuditLeaf.expired_by.is_(None), AuditRow.at > cut_off)
        .order_by(AuditLeaf.leaf_index)
        .limit(1)
    )
    found = await tx.scalar(later)
    return await log.size(tx) if found is None else found


async def due(tx: AsyncSession, cut_off: datetime, begin: int, end: int) -> Sequence[int]:
    """Leaves of one tile, the first one that has any, between those two indices."""
    query = select(EXPIRABLE.c.leaf_index).where(
        EXPIRABLE.c.leaf_index >= begin, *_is_due(cut_off, end)
    )
    found = (await tx.scalars(query.order_by(EXPIRABLE.c.leaf_index).limit(WIDTH))).all()
    return [index for index in found if index // WIDTH == found[0] // WIDTH]


def told(leaves: Sequence[int], cut_off: datetime) -> Detail:
    """What the event of their expiry says, by which `record.py` judges."""
    return {
        "rows": len(leaves),
        "indices": indices.encode(leaves),
        "cut_off": cut_off.isoformat(),
    }


async def expire(tx: AsyncSession, leaves: Sequence[int], record: int) -> None:
    """Take the content of these, which are due, by that row, in its transaction.

    Nobody else changes the tree meanwhile (`log.is_mine`).
    """
    by = {"postgresql": _by_function, "sqlite": _by_statements}[tx.get_bind().dialect.name]
    gone = await by(tx, record, leaves)
    if gone != len(leaves):
        raise InvalidLog(f"Of {len(leaves)} rows of the audit log that expire, {gone} are there.")


async def count(tx: AsyncSession) -> int:
    """Leaves that are their hash alone."""
    query = select(func.count()).select_from(AuditLeaf).where(AuditLeaf.expired_by.is_not(None))
    return await tx.scalar(query) or 0


async def count_due(tx: AsyncSession, cut_off: datetime) -> int:
    """Rows that expire if that is what is older."""
    due = _is_due(cut_off, await end(tx, cut_off))
    return await tx.scalar(select(func.count()).select_from(EXPIRABLE).where(*due)) or 0


async def list_due(tx: AsyncSession, cut_off: datetime) -> Sequence[Expiring]:
    """The same rows, oldest first."""
    query = (
        select(AuditRow.id, AuditRow.at, AuditRow.action)
        .join(EXPIRABLE, EXPIRABLE.c.audit_id == AuditRow.id)
        .where(*_is_due(cut_off, await end(tx, cut_off)))
        .order_by(AuditRow.at, AuditRow.id)
    )
    rows = await tx.execute(query)
    return [Expiring(row_id, at, action) for row_id, at, action in rows]


def _is_due(cut_off: datetime, end: int) -> Sequence[ColumnElement[bool]]:
    return EXPIRABLE.c.at <= cut_off, EXPIRABLE.c.leaf_index < end


async def _by_function(tx: AsyncSession, record: int, leaves: Sequence[int]) -> int:
    """That of the tables' owner: the server's role may have no right of its own to do so."""
    statement = text("SELECT audit_expire(:record, :leaves)").bindparams(
        bindparam("leaves", type_=ARRAY(BigInteger)), bindparam("record", type_=BigInteger)
    )
    return int(await tx.scalar(statement, {"record": record, "leaves": list(leaves)}) or 0)


async def _by_statements(tx: AsyncSession, record: int, leaves: Sequence[int]) -> int:
    these = AuditLeaf.leaf_index.in_(leaves)
    options = {"synchronize_session": False}
    await tx.execute(
        update(AuditLeaf)
        .where(these)
        .values(leaf=None, expired_by=record)
        .execution_options(**options)
    )
    rows = delete(AuditRow).where(AuditRow.id.in_(select(AuditLeaf.audit_id).where(these)))
    gone = await tx.execute(rows.returning(AuditRow.id).execution_options(**options))
    return len(gone.all())
