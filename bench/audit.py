"""How many events a second get into the tree of the audit log: `python -m bench audit`.

Rows that are there already are sequenced and signed by one sequencer, in its own transactions. The
floor is the least that could be done in the same ones: the SHA-256 of the same bytes, and an INSERT
of them. SQLite and PostgreSQL; by the clock, and by the CPU time of this process, which has all the
work of SQLite and none of PostgreSQL's own.
"""

import hashlib
import tempfile
import time
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select, text

from storage.audit.log import BATCH
from storage.audit.note import Signer
from storage.audit.sequencer import Sequencer
from storage.database import Database
from storage.ids import new_id
from storage.models import AuditLeaf, AuditRow
from tests.support.postgresql import private_postgresql

EVENTS = 20_000
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
SIGNER = Signer("carelay/audit/benchmark", bytes(range(32)))


async def measure(number: int = EVENTS) -> dict[str, object]:
    """Events a second, by database."""
    rows = []
    with private_postgresql() as postgresql, tempfile.TemporaryDirectory() as folder:
        for name, url in (
            ("sqlite", f"sqlite+aiosqlite:///{folder}/carelay.sqlite3"),
            ("postgresql", await postgresql.new_database()),
        ):
            database = await Database.open(url)
            await _fill(database, number)
            sequencer = Sequencer(database, SIGNER, Path(folder) / f"{name}.checkpoints")
            sequenced = await _timed(number, _sequence(sequencer))
            floor = await _timed(number, _floor(database, await _leaves(database)))
            await database.close()
            rows.append({"database": name, "sequenced": sequenced, "floor": floor})
    return {"unit": "events a second", "events": number, "rows": rows}


async def _fill(database: Database, number: int) -> None:
    """As accesses to recordings are written."""
    async with database.transaction() as tx:
        for begin in range(0, number, 1000):
            await tx.execute(insert(AuditRow), [_row(begin + place) for place in range(1000)])


def _row(number: int) -> dict[str, object]:
    return {
        "at": EPOCH + timedelta(milliseconds=number),
        "action": "recording.played",
        "actor_id": new_id(),
        "actor_name": "Casey Nguyen",
        "actor_role": "compliance",
        "session_id": new_id(),
        "recording_id": new_id(),
        "subject_type": "recording",
        "subject_id": new_id(),
        "address": "2001:db8::1",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "detail": f'{{"number":{number}}}',
    }


async def _sequence(sequencer: Sequencer) -> None:
    while (step := await sequencer.step(EPOCH)) and step.added:
        pass
    await sequencer.step(EPOCH, sign=True)
    await sequencer.publish()


async def _leaves(database: Database) -> Sequence[bytes]:
    async with database.reading() as tx:
        rows = await tx.scalars(select(AuditLeaf.leaf).order_by(AuditLeaf.leaf_index))
        return [leaf for leaf in rows if leaf is not None]


async def _floor(database: Database, leaves: Sequence[bytes]) -> None:
    async with database.transaction() as tx:
        kind = "BLOB" if tx.get_bind().dialect.name == "sqlite" else "BYTEA"
        await tx.execute(text(f"CREATE TABLE floor (id BIGINT PRIMARY KEY, leaf {kind})"))
    for begin in range(0, len(leaves), BATCH):
        batch = leaves[begin : begin + BATCH]
        rows = [
            {"id": begin + place, "leaf": leaf, "hash": hashlib.sha256(leaf).digest()}
            for place, leaf in enumerate(batch)
        ]
        async with database.transaction() as tx:
            await tx.execute(text("INSERT INTO floor VALUES (:id, :leaf)"), rows)


async def _timed(number: int, work: Coroutine[None, None, None]) -> dict[str, float]:
    began, used = time.perf_counter(), time.process_time()
    await work
    return {
        "by_clock": round(number / (time.perf_counter() - began)),
        "by_cpu": round(number / (time.process_time() - used)),
    }
