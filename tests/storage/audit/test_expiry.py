"""Rows whose time is over are their hash alone, and the log is as verifiable as before; what was
emptied in any other way is found and named.
"""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from storage import audit
from storage.audit import AuditEvent, expiry, export, log, proof, proving
from storage.audit.record import FLOOR
from storage.audit.tiles import entries_of, hashes_of
from storage.audit.tree import leaf_hash
from storage.audit.verify import Verdict, verify
from storage.backup import dump
from storage.database import Database
from storage.errors import RowExpired
from storage.models import AuditRow, Base
from storage.recordings import recordings
from storage.words import AuditAction
from tests.storage.audit.logs import (
    CUT_OFF,
    NOW,
    SIGNER,
    expire,
    leaves,
    published,
    sequence,
    tamper,
)
from tests.storage.practice import finished_call, open_practice

OLD = datetime(2019, 1, 2, 3, 4, 5, 678901, UTC)
TILE = 256
KEPT = 300
GONE = [*range(KEPT), *range(KEPT + 1, 2 * TILE)]
PERMANENT: frozenset[AuditAction] = frozenset(
    {
        "audit.expired",
        "audit.key_changed",
        "audit.retention_changed",
        "backup.restored",
        "key.noted",
        "recording.downloaded",
        "recording.erased",
        "recording.export_downloaded",
        "recording.exported",
        "recording.files_deleted",
        "recording.started",
        "recording.still_taken",
    }
)


async def add(
    database: Database,
    rows: int,
    at: datetime,
    action: AuditAction = "user.signed_in",
    recording_id: str | None = None,
    session_id: str | None = None,
) -> None:
    row = {
        "at": at,
        "action": action,
        "actor_id": "somebody",
        "session_id": session_id,
        "recording_id": recording_id,
        "detail": "{}",
    }
    async with database.transaction() as tx:
        await tx.execute(sa.insert(AuditRow), [row] * rows)


@dataclass
class Log:
    database: Database
    url: str
    file: Path

    async def sign(self) -> None:
        await sequence(self.database, self.file)

    async def verdict(self, now: datetime = NOW) -> Verdict:
        async with self.database.reading() as tx:
            return await verify(tx, published(self.file), now)


@pytest.fixture
async def old(database: Database, database_url: str, tmp_path: Path) -> Log:
    """600 rows of 2019, of which one is kept, and one of today: two full tiles."""
    found = Log(database, database_url, tmp_path / "checkpoints")
    await add(database, KEPT, OLD)
    await add(database, 1, OLD, "recording.started")
    await add(database, 599 - KEPT, OLD)
    await found.sign()
    await add(database, 1, NOW)
    await found.sign()
    return found


async def test_expired_rows_leave_their_hash_and_the_log_is_as_whole_as_before(old: Log) -> None:
    async with old.database.reading() as tx:
        before = await log.root_at(tx, 601)
    assert await expire(old.database) == GONE, "the third tile is not full yet"
    assert await expire(old.database) == []
    await old.sign()
    assert await old.verdict() == Verdict(603, 603, 511, 0, None)
    async with old.database.reading() as tx:
        assert (await log.root_at(tx, 601), await expiry.count(tx)) == (before, 511)
        rows = (await tx.execute(sa.text("SELECT count(*), min(id) FROM audit"))).one()
        assert tuple(rows) == (603 - 511, KEPT + 1)
        with pytest.raises(RowExpired, match="Row 41 has expired: only its hash is left"):
            await proving.of_row(tx, 41, SIGNER.verifier, [])
        kept = await proving.of_row(tx, 513, SIGNER.verifier, [])
    assert kept
    assert proof.verify(kept, SIGNER.verifier).size == 603
    said = [json.loads(json.loads(row.leaf)["detail"]) for row in (await leaves(old.database))[-2:]]
    assert said == [
        {"rows": rows, "indices": runs, "cut_off": "2020-03-04T00:00:00+00:00"}
        for rows, runs in ((256, "0-255"), (255, "256-299,301-511"))
    ]


async def test_nothing_of_an_expired_row_is_in_the_database(old: Log) -> None:
    await add(old.database, 300, NOW)
    await old.sign()
    assert len(await expire(old.database)) == 599
    await tamper(old.url, f"DELETE FROM audit WHERE id = {KEPT + 1}")
    await tamper(old.url, f"DELETE FROM audit_leaves WHERE leaf_index = {KEPT}")
    async with old.database.reading() as tx:
        for table in Base.metadata.tables:
            rows = (await tx.execute(sa.text(f"SELECT * FROM {table}"))).all()
            assert "2019-01-02" not in repr(rows), table
            assert b"2019-01-02" not in b"".join(
                bytes(value) for row in rows for value in row if isinstance(value, bytes)
            )


async def test_exports_say_of_expired_rows_that_they_are_their_hash(
    old: Log, tmp_path: Path
) -> None:
    before = [row.leaf for row in await leaves(old.database)]
    await expire(old.database)
    await old.sign()
    async with old.database.reading() as tx:
        lines = b"".join([each async for each in export.lines(tx, 601)]).splitlines()
        await export.write_tiles(tx, 601, b"note", tmp_path / "tiles")
    assert lines[512:] == before[512:]
    assert [*json.loads(lines[40])] == ["expired_by", "leaf_hash"]
    assert json.loads(lines[40])["expired_by"] == 602
    hashes = hashes_of((tmp_path / "tiles/tile/0/001").read_bytes())
    entries = entries_of((tmp_path / "tiles/tile/entries/001").read_bytes())
    place = KEPT - TILE
    assert entries == [b""] * place + [before[KEPT]] + [b""] * (TILE - 1 - place)
    assert hashes == [leaf_hash(line) for line in before[TILE : 2 * TILE]]


async def test_a_row_before_which_a_younger_one_stands_waits_for_it(old: Log) -> None:
    await add(old.database, TILE, OLD)
    await old.sign()
    assert (await expire(old.database))[-1] == 599, "the one of today has the index 600"
    async with old.database.reading() as tx:
        assert await expiry.end(tx, CUT_OFF) == 600


@pytest.fixture
async def kept(database: Database, now: datetime) -> Mapping[str, str]:
    """Two recordings: one that is there, one that was erased."""
    async with database.transaction() as tx:
        practice = await open_practice(tx, now)
        found = {}
        for name in ("there", "erased"):
            session = await finished_call(tx, practice, name)
            recording = await recordings.create(
                tx, name, session_id=session.id, wrapped_key=b"key", key_id="k", now=now
            )
            recording.state = "complete" if name == "there" else "erased"
            found[name] = session.id
    return found


async def test_what_matters_is_kept(
    database: Database, database_url: str, kept: Mapping[str, str], tmp_path: Path
) -> None:
    for action in get_args(AuditAction):
        await add(database, 1, OLD, action)
    by_action = [*get_args(AuditAction)]
    for name, session_id in kept.items():
        await add(database, 1, OLD, "recording.viewed", recording_id=name)
        await add(database, 1, OLD, "consent.given", session_id=session_id)
    await add(database, TILE, NOW)
    found = Log(database, database_url, tmp_path / "checkpoints")
    await found.sign()
    gone = await expire(database)
    left = {action for index, action in enumerate(by_action) if index not in gone}
    assert left == PERMANENT
    count = len(by_action)
    assert [index for index in gone if index >= count] == [count + 2, count + 3]
    async with database.transaction() as tx:
        (await recordings.for_change(tx, "there")).state = "erased"
    assert await expire(database) == [count, count + 1]
    await found.sign()
    assert (await found.verdict()).problem is None


async def test_a_copy_of_the_database_is_as_whole_and_goes_on(
    old: Log, kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    await expire(old.database)
    await old.sign()
    await asyncio.to_thread(dump.dump, old.url, tmp_path / "dump")
    url = f"sqlite+aiosqlite:///{tmp_path}/copy.db"
    if kind == "postgresql":
        url = await request.getfixturevalue("postgresql").empty_database()
    await asyncio.to_thread(dump.load, url, tmp_path / "dump")
    copy = Log(await Database.open(url), url, old.file)
    try:
        assert await copy.verdict() == Verdict(603, 603, 511, 0, None)
        await add(copy.database, TILE, NOW)
        await copy.sign()
        assert await expire(copy.database) == [*range(512, 600)]
        assert (await copy.verdict()).problem is None
    finally:
        await copy.database.close()


RECORD = "(SELECT max(id) FROM audit WHERE action = 'audit.expired')"
ATTEMPTS = {
    "a row is deleted": "DELETE FROM audit WHERE id = 1",
    "a row is changed": "UPDATE audit SET actor_id = NULL WHERE id = 1",
    "a leaf is emptied": "UPDATE audit_leaves SET leaf = NULL WHERE leaf_index = 0",
    "by an event of another kind": (
        "UPDATE audit_leaves SET leaf = NULL, expired_by = 2 WHERE leaf_index = 0"
    ),
    "a row of no full tile": (
        f"UPDATE audit_leaves SET leaf = NULL, expired_by = {RECORD} WHERE leaf_index = 599"
    ),
    "a row that is too young": (
        f"UPDATE audit_leaves SET leaf = NULL, expired_by = {RECORD} WHERE leaf_index = 300"
    ),
    "another content": f"UPDATE audit_leaves SET leaf = 'x', expired_by = {RECORD}",
    "another place": (
        f"UPDATE audit_leaves SET leaf = NULL, expired_by = {RECORD}, leaf_index = -1 "
        "WHERE leaf_index = 1"
    ),
    "a leaf is deleted": "DELETE FROM audit_leaves WHERE leaf_index = 0",
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
async def test_the_guards_let_nothing_else_pass(
    database: Database, tmp_path: Path, attempt: str
) -> None:
    await add(database, 300, OLD)
    await add(database, 300, datetime.now(UTC) - FLOOR + timedelta(hours=1))
    await add(database, 1, NOW, "audit.expired")
    await sequence(database, tmp_path / "checkpoints")

    async def try_it() -> None:
        async with database.transaction() as tx:
            await tx.execute(sa.text(ATTEMPTS[attempt]))

    with pytest.raises(DBAPIError, match="is append-only"):
        await try_it()


async def test_a_row_that_has_expired_is_not_put_back_under_its_number(old: Log) -> None:
    await expire(old.database)
    statement = (
        "INSERT INTO audit (id, at, action, detail) SELECT 41, at, action, detail FROM audit"
    )
    if "sqlite" in old.url:
        with pytest.raises(DBAPIError, match="audit is append-only"):
            async with old.database.transaction() as tx:
                await tx.execute(sa.text(f"{statement} LIMIT 1"))
    await tamper(old.url, f"{statement} LIMIT 1")
    problem = (await old.verdict()).problem
    assert problem == "Row 41 (index 40) was inserted: the one that was there is gone."


EMPTY = (
    "UPDATE audit_leaves SET leaf = NULL, expired_by = {by} WHERE leaf_index = {index}",
    "DELETE FROM audit WHERE id = {index} + 1",
)
FORGERIES: Mapping[str, tuple[Sequence[str], str]] = {
    "without a record": (
        [line.format(by="NULL", index=520) for line in EMPTY],
        r"Row 521 \(index 520\) was removed: no event of the log says that it has expired\.",
    ),
    "with the record of others": (
        [line.format(by=602, index=520) for line in EMPTY],
        r"Row 521 \(index 520\) was removed: no event of the log says that it has expired\.",
    ),
    "the record is gone": (
        ["DELETE FROM audit WHERE id = 602"],
        r"Row 1 \(index 0\) was removed: no event of the log says that it has expired\.",
    ),
    "the record says more": (
        [
            *[line.format(by=603, index=KEPT) for line in EMPTY],
            "UPDATE audit SET detail = replace(detail, '299,301-', '') WHERE id = 603",
        ],
        r"Row 603 \(index 602\) was changed: detail\.",
    ),
    "the tile is gone": (
        ["DELETE FROM audit_tiles"],
        r"tile of the hashes from index 0 on was removed",
    ),
    "its hash is another": (
        ["UPDATE audit_tiles SET hashes = {other} WHERE level = 0 AND number = 0"],
        r"root of 600 rows is not the one that was signed: .* is row 1 \(index 0\) or one after",
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_what_was_emptied_otherwise_is_found_and_named(old: Log, forgery: str) -> None:
    await expire(old.database)
    await old.sign()
    statements, told = FORGERIES[forgery]
    other = f"x'{'00' * 8192}'" if "sqlite" in old.url else f"'\\x{'00' * 8192}'"
    await tamper(old.url, *[line.replace("{other}", other) for line in statements])
    problem = (await old.verdict()).problem
    assert problem is not None
    assert re.search(told, problem), problem


@pytest.mark.parametrize(
    ("cut_off", "at", "told"),
    [
        (NOW - FLOOR + timedelta(days=1), NOW, "has a cut-off less than a year before"),
        (NOW + 10 * FLOOR, NOW + 12 * FLOOR, "is dated 2038-03-01 05:06 UTC, which is to come"),
        (CUT_OFF, NOW, "a row before it is of 2026-03-04 05:06 UTC, and only what is older than"),
    ],
)
async def test_a_record_that_was_made_up_is_believed_only_of_rows_whose_time_was_over(
    old: Log, cut_off: datetime, at: datetime, told: str
) -> None:
    """Whoever has all rights on the database lets the server sign what they wrote there."""
    await add(old.database, TILE, datetime(2021, 1, 1, tzinfo=UTC))
    detail = expiry.told([700], cut_off)
    async with old.database.transaction() as tx:
        record = await audit.append(tx, AuditEvent("audit.expired", at, detail=detail))
    await add(old.database, TILE, NOW)
    await old.sign()
    await tamper(old.url, *[line.format(by=record, index=700) for line in EMPTY])
    problem = (await old.verdict()).problem
    assert problem is not None
    assert problem.startswith("Row 701 (index 700) was removed: ")
    assert told in problem
