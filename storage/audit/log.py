"""The tree of the audit log in the database: how it grows, and what of it can be read again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from storage.audit import leaf
from storage.audit.checkpoint import Checkpoint, sign
from storage.audit.note import Signer
from storage.audit.tiles import (
    HEIGHT,
    WIDTH,
    Edge,
    Tile,
    hashes_of,
    nodes,
    subtree_root,
    width,
)
from storage.audit.tree import Node, consistency, inclusion, leaf_hash, root
from storage.errors import InvalidLog
from storage.models import AuditCheckpoint, AuditLeaf, AuditPending, AuditRow, AuditTile

BATCH = WIDTH
"""Rows in a transaction: on SQLite others wait for it, some 10 ms."""
_LOCK = 0x61756474  # "audt": held by the one transaction that adds to the tree


@dataclass(frozen=True)
class Standing:
    """How far the tree is behind what was written."""

    size: int
    signed: int
    """Of the newest checkpoint; 0 if there is none."""
    waiting: int
    """Rows that are not in the tree yet."""
    oldest: datetime | None
    """When the oldest row happened that no checkpoint covers."""


@dataclass
class Growth:
    """What one transaction adds."""

    actions: list[str] = field(default_factory=list)
    leaves: list[dict[str, object]] = field(default_factory=list)
    tiles: list[Tile] = field(default_factory=list)


async def is_mine(tx: AsyncSession) -> bool:
    """Whether this transaction may add to the tree: one at a time, of whichever server.

    On SQLite every transaction is alone.
    """
    if tx.get_bind().dialect.name != "postgresql":
        return True
    statement = text("SELECT pg_try_advisory_xact_lock(:key)")
    return bool(await tx.scalar(statement, {"key": _LOCK}))


async def size(tx: AsyncSession) -> int:
    """Leaves in the tree."""
    last = await tx.scalar(select(func.max(AuditLeaf.leaf_index)))
    return 0 if last is None else last + 1


async def edge(tx: AsyncSession) -> Edge:
    """Of the tree as it is, to add to it. Raises InvalidLog where a tile is missing."""
    leaves = await size(tx)
    return await tx.run_sync(lambda session: _edge(session, leaves))


async def grow(tx: AsyncSession, edge: Edge) -> Growth:
    """Put some of the committed rows that wait into the tree, in the order of their ids.

    The edge has grown even if the transaction fails then, and is of no use any more.
    """
    waiting = select(AuditPending.audit_id)
    statement = (
        select(*AuditRow.__table__.columns)
        .where(AuditRow.id.in_(waiting))
        .order_by(AuditRow.id)
        .limit(BATCH)
    )
    try:
        rows = (await tx.execute(statement)).mappings().all()
    except ValueError as error:  # a time that is none, put into SQLite by hand
        raise InvalidLog(f"A row that waits for the audit log cannot be read: {error}.") from error
    growth = Growth()
    for row in rows:
        line = leaf.encode(row)
        growth.actions.append(row["action"])
        growth.leaves.append({"leaf_index": edge.size, "audit_id": row["id"], "leaf": line})
        growth.tiles += edge.add(line)
    if growth.leaves:
        ids = [row["audit_id"] for row in growth.leaves]
        await tx.execute(
            delete(AuditPending)
            .where(AuditPending.audit_id.in_(ids))
            .execution_options(synchronize_session=False)
        )
        await tx.execute(insert(AuditLeaf), growth.leaves)
    if growth.tiles:
        of_tiles = [
            {"level": tile.level, "number": tile.number, "hashes": tile.data}
            for tile in growth.tiles
        ]
        await tx.execute(insert(AuditTile), of_tiles)
    return growth


async def add_checkpoint(tx: AsyncSession, edge: Edge, signer: Signer, now: datetime) -> bool:
    """Sign the tree, unless it is empty or signed as it is."""
    if not edge.size or await tx.get(AuditCheckpoint, edge.size) is not None:
        return False
    signed = sign(Checkpoint(signer.name, edge.size, edge.root), signer)
    tx.add(AuditCheckpoint(size=edge.size, made_at=now, note=signed.data))
    await tx.flush()
    return True


async def checkpoints(
    tx: AsyncSession, above: int = 0, up_to: int | None = None
) -> Sequence[AuditCheckpoint]:
    """Of trees larger than that, and not larger than the other; smallest first."""
    statement = select(AuditCheckpoint).where(AuditCheckpoint.size > above)
    if up_to is not None:
        statement = statement.where(AuditCheckpoint.size <= up_to)
    return (await tx.scalars(statement.order_by(AuditCheckpoint.size))).all()


async def newest_checkpoint(tx: AsyncSession) -> AuditCheckpoint | None:
    statement = select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(1)
    found: AuditCheckpoint | None = await tx.scalar(statement)
    return found


async def root_at(tx: AsyncSession, leaves: int) -> bytes:
    """Of the first leaves. Raises InvalidLog if the tree is smaller, or a tile is missing."""
    return await tx.run_sync(lambda session: root(leaves, _node(session, leaves)))


async def path_of(tx: AsyncSession, index: int, leaves: int) -> list[bytes]:
    """What shows that a leaf is in the tree of the first leaves. Raises as `root_at` does."""
    return await tx.run_sync(lambda session: inclusion(index, leaves, _node(session, leaves)))


async def consistency_of(tx: AsyncSession, old: int, new: int) -> list[bytes]:
    """What shows that the tree of `new` leaves begins with that of `old`. Raises as `root_at`."""
    return await tx.run_sync(lambda session: consistency(old, new, _node(session, new)))


async def tile(tx: AsyncSession, level: int, number: int, wide: int) -> Sequence[bytes]:
    """The first hashes of a tile. Raises InvalidLog if they are not there."""
    return await tx.run_sync(lambda session: _hashes(session, level, number, wide))


async def leaf_of(tx: AsyncSession, audit_id: int) -> AuditLeaf | None:
    """The leaf of that row."""
    found: AuditLeaf | None = await tx.scalar(
        select(AuditLeaf).where(AuditLeaf.audit_id == audit_id)
    )
    return found


async def standing(tx: AsyncSession) -> Standing:
    """Cheap however long the log is."""
    newest = await newest_checkpoint(tx)
    signed = newest.size if newest else 0
    oldest = [
        await tx.scalar(select(AuditRow.at).where(AuditRow.id == audit_id))
        for audit_id in (
            await tx.scalar(select(AuditLeaf.audit_id).where(AuditLeaf.leaf_index == signed)),
            await tx.scalar(select(func.min(AuditPending.audit_id))),
        )
        if audit_id is not None
    ]
    return Standing(
        size=await size(tx),
        signed=signed,
        waiting=await tx.scalar(select(func.count()).select_from(AuditPending)) or 0,
        oldest=min((at for at in oldest if at is not None), default=None),
    )


def stored(value: object) -> bytes:
    """Whoever changes SQLite by hand may have put a text where bytes were."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


def _edge(session: Session, leaves: int) -> Edge:
    found = Edge(leaves)
    level = 0
    while hashes := leaves >> (HEIGHT * level):
        number = hashes // WIDTH
        found.levels.append(list(_hashes(session, level, number, hashes % WIDTH)))
        level += 1
    return found


def _node(session: Session, leaves: int) -> Node:
    @cache
    def read(level: int, number: int) -> Sequence[bytes]:
        return _hashes(session, level, number, width(level, number, leaves))

    return nodes(read)


def _hashes(session: Session, level: int, number: int, wide: int) -> Sequence[bytes]:
    """The first hashes of a tile, which need not be full."""
    if wide == 0:
        return []
    full = session.get(AuditTile, (level, number))
    if full is not None:
        return hashes_of(stored(full.hashes))[:wide]
    first = number * WIDTH
    found = _leaves(session, first, wide) if level == 0 else _roots(session, level, first, wide)
    if len(found) != wide:
        raise InvalidLog(
            f"The audit log is not whole: hashes of level {level} from {first} on are missing."
        )
    return found


def _leaves(session: Session, first: int, wide: int) -> list[bytes]:
    statement = (
        select(AuditLeaf.leaf)
        .where(AuditLeaf.leaf_index >= first, AuditLeaf.leaf_index < first + wide)
        .order_by(AuditLeaf.leaf_index)
    )
    return [leaf_hash(stored(line)) for line in session.scalars(statement)]


def _roots(session: Session, level: int, first: int, wide: int) -> list[bytes]:
    statement = (
        select(AuditTile.hashes)
        .where(
            AuditTile.level == level - 1,
            AuditTile.number >= first,
            AuditTile.number < first + wide,
        )
        .order_by(AuditTile.number)
    )
    return [subtree_root(hashes_of(stored(data))) for data in session.scalars(statement)]
