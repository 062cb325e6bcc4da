"""A log for tests, and somebody with the database's own rights who changes it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from storage import audit
from storage.audit import AuditEvent, expiry
from storage.audit.checkpoint import Checkpoint, opened, split
from storage.audit.note import Signer
from storage.audit.sequencer import Sequencer
from storage.database import Database
from storage.models import AuditLeaf

NOW = datetime(2026, 3, 4, 5, 6, 7, 890123, UTC)
SIGNER = Signer("carelay/audit/0123456789abcdef", bytes(range(32)))
CUT_OFF = datetime(2020, 3, 4, tzinfo=UTC)
TABLES = (
    "audit",
    "audit_leaves",
    "audit_tiles",
    "audit_checkpoints",
    "audit_cosignatures",
)


async def write(database: Database, *numbers: int) -> None:
    """A row each, in one transaction."""
    async with database.transaction() as tx:
        for number in numbers:
            await audit.append(
                tx, AuditEvent("call.ended", NOW, session_id="s1", detail={"number": number})
            )


async def sequence(database: Database, path: Path) -> Sequencer:
    """All that waits is in the tree, signed and published."""
    sequencer = Sequencer(database, SIGNER, path)
    await sequencer.settle_key()
    while (step := await sequencer.step(NOW)) and step.added:
        pass
    await sequencer.step(NOW, sign=True)
    await sequencer.publish()
    return sequencer


class Leaf(NamedTuple):
    """One that has its content."""

    leaf_index: int
    audit_id: int
    leaf: bytes


async def expire(database: Database, cut_off: datetime = CUT_OFF, now: datetime = NOW) -> list[int]:
    """All that is due, a tile in each transaction."""
    gone: list[int] = []
    while True:
        async with database.transaction() as tx:
            begin = gone[-1] + 1 if gone else 0
            found = await expiry.due(tx, cut_off, begin, await expiry.end(tx, cut_off))
            if not found:
                return gone
            event = AuditEvent("audit.expired", now, detail=expiry.told(found, cut_off))
            await expiry.expire(tx, found, await audit.append(tx, event))
            gone += found


async def leaves(database: Database) -> Sequence[Leaf]:
    async with database.reading() as tx:
        rows = await tx.scalars(sa.select(AuditLeaf).order_by(AuditLeaf.leaf_index))
        return [Leaf(row.leaf_index, row.audit_id, row.leaf) for row in rows if row.leaf]


async def tamper(url: str, *statements: str) -> None:
    """As somebody who may drop the triggers, and who puts them back."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        kept: Sequence[Any] = []
        if engine.dialect.name == "sqlite":
            listed = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            kept = (await connection.execute(sa.text(listed))).all()
            for name, _ in kept:
                await connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            for table in TABLES:
                await connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            changed = await connection.exec_driver_sql(statement)
            assert changed.rowcount, f"nothing was changed by {statement}"
        for _, sql in kept:
            await connection.exec_driver_sql(sql)
        if not kept:
            for table in TABLES:
                await connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    await engine.dispose()


def published(path: Path) -> list[Checkpoint]:
    """What is in a file of checkpoints; none of it is torn."""
    return [opened(one, SIGNER.verifier) for one in split(path.read_bytes())]


def replace(path: Path, data: bytes | None) -> bytes:
    """What was in the file; without new data it is gone."""
    before = path.read_bytes()
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)
    return before
