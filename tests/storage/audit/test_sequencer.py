"""Every committed row gets into one tree, once, whoever writes and whoever sequences."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage import audit
from storage.audit import AuditEvent, checkpoint, key, log
from storage.audit.file import CheckpointFile
from storage.audit.log import BATCH
from storage.audit.note import Signer
from storage.audit.sequencer import Sequencer
from storage.audit.tiles import Edge
from storage.database import Database
from storage.errors import InvalidLog, KeyFileError, LogForked, WrongKey
from storage.models import AuditCosignature, Base
from storage.words import AuditAction
from tests.storage.audit.logs import (
    NOW,
    SIGNER,
    TABLES,
    leaves,
    published,
    replace,
    sequence,
    tamper,
    write,
)
from tests.storage.database.test_upgrade import load
from tests.support.effort import effort
from tests.support.postgresql import PostgreSQL

WRITERS = 8
ROWS = effort(50, long=10_000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "audit-checkpoints"


@pytest.fixture
async def postgresql_database(postgresql: PostgreSQL) -> AsyncIterator[Database]:
    database = await Database.open(await postgresql.new_database())
    yield database
    await database.close()


async def newest(database: Database) -> checkpoint.Checkpoint:
    async with database.reading() as tx:
        row = await log.newest_checkpoint(tx)
    assert row
    return checkpoint.opened(row.note, SIGNER.verifier)


async def test_rows_become_leaves_in_their_order_and_the_tree_is_signed(
    database: Database, path: Path
) -> None:
    count = 2 * BATCH + 3
    await write(database, *range(count))
    await sequence(database, path)
    edge = Edge()
    found = await leaves(database)
    assert [row.leaf_index for row in found] == list(range(count))
    for number, row in enumerate(found):
        said = json.loads(row.leaf)
        assert (said["id"], said["action"]) == (row.audit_id, "call.ended")
        assert said["at"] == "2026-03-04T05:06:07.890123Z"
        assert said["detail"] == f'{{"number":{number}}}', "its very bytes, as a text"
        edge.add(row.leaf)
    assert await newest(database) == checkpoint.Checkpoint(SIGNER.name, count, edge.root)
    async with database.reading() as tx:
        assert await log.root_at(tx, count) == edge.root
        standing = await log.standing(tx)
        loaded = await log.edge(tx)
    assert (standing.size, standing.signed, standing.waiting) == (count, count, 0)
    assert standing.oldest is None
    assert loaded == edge, "a start goes on where the last one was"


async def test_what_is_not_signed_yet_is_told_with_its_age(database: Database, path: Path) -> None:
    await write(database, 1)
    sequencer = await sequence(database, path)
    await write(database, 2, 3)
    async with database.reading() as tx:
        standing = await log.standing(tx)
    assert (standing.size, standing.signed, standing.waiting, standing.oldest) == (1, 1, 2, NOW)
    step = await sequencer.step(NOW)
    assert step
    assert (step.added, step.signed) == (2, False)
    async with database.reading() as tx:
        standing = await log.standing(tx)
    assert (standing.size, standing.signed, standing.waiting, standing.oldest) == (3, 1, 0, NOW)


@pytest.mark.parametrize(
    "action", ["recording.completed", "recording.recovered", "recording.failed"]
)
async def test_the_tree_is_signed_when_a_recording_ends(
    database: Database, path: Path, action: AuditAction
) -> None:
    sequencer = await sequence(database, path)
    async with database.transaction() as tx:
        await audit.append(tx, AuditEvent(action, NOW, recording_id="r1"))
    step = await sequencer.step(NOW)
    assert step
    assert step.signed
    assert (await newest(database)).size == 1


async def test_a_row_that_commits_late_is_sequenced_late_and_once(
    postgresql_database: Database, path: Path
) -> None:
    database = postgresql_database
    async with database.transaction() as late:
        first = await audit.append(late, AuditEvent("call.ended", NOW))
        await write(database, 1)
        await sequence(database, path)
    await write(database, 2)
    await sequence(database, path)
    order = [row.audit_id for row in await leaves(database)]
    assert order == [first + 1, first, first + 2]
    async with database.reading() as tx:
        assert (await log.standing(tx)).waiting == 0


@pytest.mark.timeout(effort(120, long=3000))
async def test_many_writers_and_sequencers_leave_one_tree(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    others = [await Database.open(database_url) for _ in range(2)]
    done = asyncio.Event()

    async def writer(number: int) -> None:
        for row in range(ROWS):
            await write(database, number * ROWS + row)

    async def sequencing(server: Database, name: str) -> None:
        sequencer = Sequencer(server, SIGNER, tmp_path / name)
        while True:
            finished = done.is_set()
            step = await sequencer.step(NOW, sign=True)
            await sequencer.publish()
            if step and not step.added:
                if finished:
                    return
                await asyncio.sleep(0.01)

    sequencers = [
        asyncio.create_task(sequencing(server, str(number)))
        for number, server in enumerate([database, *others])
    ]
    await asyncio.gather(*(writer(number) for number in range(WRITERS)))
    done.set()
    await asyncio.gather(*sequencers)
    found = await leaves(database)
    assert [row.leaf_index for row in found] == list(range(WRITERS * ROWS))
    said = {json.loads(json.loads(row.leaf)["detail"])["number"] for row in found}
    assert said == set(range(WRITERS * ROWS))
    edge, roots = Edge(), {}
    for row in found:
        edge.add(row.leaf)
        roots[edge.size] = edge.root
    async with database.reading() as tx:
        signed = [checkpoint.opened(row.note, SIGNER.verifier) for row in await log.checkpoints(tx)]
    assert signed[-1].size == WRITERS * ROWS
    assert all(one.root == roots[one.size] for one in signed), "one tree, whoever signed"
    for number in range(3):
        sizes = [one.size for one in published(tmp_path / str(number))]
        assert sizes == sorted(set(sizes)), "each once, in order"
    for server in others:
        await server.close()


async def test_rows_of_earlier_versions_are_sequenced(empty_database_url: str, path: Path) -> None:
    await load(empty_database_url, "r0010")
    database = await Database.open(empty_database_url)
    await sequence(database, path)
    async with database.reading() as tx:
        ids = list(await tx.scalars(text("SELECT id FROM audit ORDER BY id")))
    assert len(ids) > 5
    assert [row.audit_id for row in await leaves(database)] == ids
    await database.close()


@pytest.mark.parametrize("table", TABLES[1:])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "REPLACE"])
async def test_nothing_of_the_tree_is_changed_or_removed(
    database: Database, database_url: str, path: Path, table: str, change: str
) -> None:
    await write(database, *range(BATCH))
    await sequence(database, path)
    async with database.transaction() as tx:
        tx.add(AuditCosignature(size=BATCH, name="w", key_id="0", at=NOW, value=b"value"))
    column = next(iter(Base.metadata.tables[table].columns.keys()))
    statement = change.format(table, column, column)
    if change == "REPLACE":
        statement = (
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
            if "sqlite" in database_url
            else f"TRUNCATE {table}"
        )

    async def change_it() -> None:
        async with database.transaction() as tx:
            await tx.execute(text(statement))

    with pytest.raises(DBAPIError, match=f"{table} is append-only"):
        await change_it()


async def test_a_transaction_that_fails_leaves_the_tree_as_it_was(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequencer = await sequence(database, path)
    await write(database, *range(5))

    async def fail(*_: object) -> bool:
        raise KeyError

    with monkeypatch.context() as patched:
        patched.setattr(log, "add_checkpoint", fail)
        with pytest.raises(KeyError):
            await sequencer.step(NOW, sign=True)
    assert await leaves(database) == []
    await sequencer.step(NOW, sign=True)
    edge = Edge()
    for row in await leaves(database):
        edge.add(row.leaf)
    assert await newest(database) == checkpoint.Checkpoint(SIGNER.name, 5, edge.root)


async def test_without_a_key_rows_are_sequenced_and_nothing_is_signed(
    database: Database, path: Path
) -> None:
    sequencer = Sequencer(database, None, path)
    await sequencer.settle_key()
    await write(database, 1)
    step = await sequencer.step(NOW, sign=True)
    await sequencer.publish()
    assert step
    assert (step.added, step.signed) == (1, False)
    with pytest.raises(FileNotFoundError):
        published(path)


async def test_a_log_has_one_key(database: Database, path: Path) -> None:
    await sequence(database, path)
    other = Sequencer(database, Signer("carelay/audit/fedcba9876543210", bytes(32)), path)
    with pytest.raises(WrongKey, match=r"carelay/audit/0123456789abcdef.* carelay/audit/fedc"):
        await other.settle_key()


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        (["DELETE FROM audit_leaves WHERE leaf_index > 7"], "9 were signed, 8 are there"),
        (
            ["UPDATE audit_leaves SET leaf = '{}' WHERE leaf_index = 3"],
            "first 9 rows of the audit log are not those that were signed",
        ),
        (
            ["INSERT INTO audit_leaves VALUES (9, 10, 'x', NULL)"],
            "has rows that its tree does not know of",
        ),
        (["UPDATE audit_checkpoints SET note = 'x'"], "newest checkpoint in the database"),
    ],
)
async def test_nothing_is_signed_that_does_not_go_on_from_what_was(
    database: Database, database_url: str, path: Path, statements: list[str], told: str
) -> None:
    await write(database, *range(9))
    await sequence(database, path)
    await tamper(database_url, *statements)
    await write(database, 10)
    started_anew = Sequencer(database, SIGNER, path)
    for _ in range(2):
        with pytest.raises((LogForked, InvalidLog), match=told):
            await started_anew.step(NOW, sign=True)
    async with database.reading() as tx:
        assert (await log.standing(tx)).waiting == 1, "what is new waits, and is not lost"


async def test_a_database_that_was_put_back_is_noticed_by_the_file(
    database: Database, database_url: str, path: Path
) -> None:
    await write(database, *range(9))
    await sequence(database, path)
    await tamper(
        database_url,
        "DELETE FROM audit_leaves WHERE leaf_index > 5",
        "DELETE FROM audit_checkpoints",
    )
    await write(database, 10)
    with pytest.raises(LogForked, match="9 were signed, 6 are there"):
        await Sequencer(database, SIGNER, path).step(NOW, sign=True)


async def test_checkpoints_are_published_once_also_after_a_power_cut(
    database: Database, path: Path
) -> None:
    await write(database, 1)
    sequencer = await sequence(database, path)
    await sequencer.publish()
    assert [one.size for one in published(path)] == [1]
    whole = CheckpointFile(path, SIGNER.verifier)
    for torn in (b"", b"carelay/au", SIGNER.sign("carelay/audit/0\n9\n").data[:-20]):
        before = replace(path, b"")
        replace(path, before + torn)
        await write(database, 2)
        await sequence(database, path)
        assert whole.newest() == await newest(database)
        assert replace(path, before + torn).startswith(before + torn), "nothing is ever removed"
    replace(path, None)
    await sequence(database, path)
    assert [one.size for one in published(path)] == [1, 2, 3, 4], "of whichever server"


def test_the_file_of_checkpoints_is_the_servers_alone(tmp_path: Path) -> None:
    file = CheckpointFile(tmp_path / "data" / "audit-checkpoints", SIGNER.verifier)
    assert file.newest() is None
    said = checkpoint.Checkpoint(SIGNER.name, 1, bytes(32))
    file.add([checkpoint.sign(said, SIGNER).data])
    assert file.newest() == said
    assert (tmp_path / "data" / "audit-checkpoints").stat().st_mode & 0o777 == 0o600


def test_a_key_is_made_once_and_private(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "audit.key"
    signer = key.create(file)
    assert key.load(file) == signer
    assert key.load_public(key.public_file(file)) == signer.verifier
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeyFileError, match="exists; it is never overwritten"):
        key.create(file)
    file.chmod(0o644)
    with pytest.raises(KeyFileError, match="open to other users; run: chmod 600"):
        key.load(file)


def test_what_is_no_key_of_a_log_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "audit.key"
    with pytest.raises(KeyFileError, match="cannot be read: No such file"):
        key.load(file)
    with pytest.raises(KeyFileError, match="cannot be read: No such file"):
        key.load_public(file)
    file.touch(mode=0o600)
    with pytest.raises(KeyFileError, match="is not of an audit log"):
        key.load(file)
    with pytest.raises(KeyFileError, match="is not the public key of an audit log"):
        key.load_public(file)
