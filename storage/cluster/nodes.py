"""Servers that carry calls and recordings, and until when:
times are those of the database's clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.errors import LeaseLost
from storage.models import Node
from storage.rows import properties
from storage.rows.carriers import Carrier, carrier_of

FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class NodeStanding:
    """A server, and how long its lease still lasts."""

    node: Node
    seconds_left: float | None
    """Negative once it has run out; none for the one that holds its database alone."""


async def start(tx: AsyncSession, node_id: str, name: str, lease: timedelta | None) -> Carrier:
    """A server starts: with a number that no start had before.
    What an earlier start of it carried is left.

    Without a `lease` it holds the database alone.
    """
    fence = await properties.count_up(tx, properties.FENCE)
    now = func.now()
    others = Node.id != node_id
    gone = (
        or_(Node.lease_until.is_(None), Node.lease_until < now - FORGOTTEN_AFTER)
        if lease
        else others
    )
    await tx.execute(delete(Node).where(others, gone).execution_options(synchronize_session=False))
    node = await tx.get(Node, node_id)
    if node is None:
        node = Node(id=node_id)
        tx.add(node)
    node.name, node.started_at, node.fence = name, now, fence
    node.lease_until = now + lease if lease else None
    await tx.flush()
    return Carrier(node_id, fence, alone=lease is None)


async def renew(tx: AsyncSession, carrier: Carrier, lease: timedelta) -> bool:
    """False: it has run out, or the node was started anew. A lease
    that has run out is never renewed.

    The clock is read once the row is locked: a renewal that had to wait revives nothing.
    """
    now = func.clock_timestamp()
    mine = Node.id == carrier.node_id, Node.fence == carrier.fence, Node.lease_until > now
    statement = update(Node).where(*mine).values(lease_until=now + lease).returning(Node.fence)
    renewed = await tx.execute(statement.execution_options(synchronize_session=False))
    return renewed.one_or_none() is not None


async def give_back(tx: AsyncSession, carrier: Carrier) -> None:
    """The server stops: what it could not finish is free for others at once."""
    mine = Node.id == carrier.node_id, Node.fence == carrier.fence, Node.lease_until.is_not(None)
    statement = update(Node).where(*mine).values(lease_until=func.now())
    await tx.execute(statement.execution_options(synchronize_session=False))


async def forget_all(tx: AsyncSession) -> None:
    """None of them runs on this database: what they carried is free at once,
    as after a restored backup.
    """
    await tx.execute(delete(Node).execution_options(synchronize_session=False))


async def require_lease(tx: AsyncSession) -> None:
    """Before anything new is carried. Raises LeaseLost."""
    carrier = carrier_of(tx)
    if carrier.alone:
        return
    mine = (
        Node.id == carrier.node_id,
        Node.fence == carrier.fence,
        Node.lease_until > func.clock_timestamp(),
    )
    if await tx.scalar(select(Node.fence).where(*mine)) is None:
        raise LeaseLost("This server's lease has run out: it may carry nothing new.")


async def name_of(tx: AsyncSession, node_id: str | None) -> str:
    """The machine and the process of its newest start; its id once it is forgotten."""
    node = await tx.get(Node, node_id) if node_id else None
    return node.name if node else node_id or "unknown"


async def standing(tx: AsyncSession) -> Sequence[NodeStanding]:
    """All that are known, the one started last first."""
    rows = (await tx.scalars(select(Node).order_by(Node.fence.desc()))).all()
    if not any(row.lease_until for row in rows):
        return [NodeStanding(row, None) for row in rows]
    now = await tx.scalar(select(func.now()))
    assert now is not None  # noqa: S101  every database knows the time
    return [
        NodeStanding(row, (row.lease_until - now).total_seconds() if row.lease_until else None)
        for row in rows
    ]
