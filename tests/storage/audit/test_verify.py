"""Whatever somebody with all rights on the database does to the log, its first place is named."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from storage.audit.checkpoint import Checkpoint
from storage.audit.tiles import Edge
from storage.audit.verify import Verdict, verify
from storage.database import Database
from tests.storage.audit.logs import NOW, SIGNER, leaves, published, sequence, tamper, write

ROWS = 300  # one full tile and a part of another


@pytest.fixture
async def signed(database: Database, tmp_path: Path) -> list[Checkpoint]:
    """Of a log that was signed after 100, 299 and 300 rows; row n has the index n - 1."""
    for count in (100, ROWS - 101, 1):
        await write(database, *range(count))
        await sequence(database, tmp_path / "checkpoints")
    return published(tmp_path / "checkpoints")


async def judge(database: Database, checkpoints: list[Checkpoint]) -> Verdict:
    async with database.reading() as tx:
        return await verify(tx, checkpoints, NOW)


async def test_a_log_that_nobody_changed_is_whole(
    database: Database, signed: list[Checkpoint]
) -> None:
    assert [one.size for one in signed] == [100, 299, 300]
    assert await judge(database, signed) == Verdict(300, 300, 0, 0, None)
    assert await judge(database, signed[:1]) == Verdict(300, 100, 0, 0, None)
    await write(database, 1, 2)
    assert await judge(database, signed) == Verdict(300, 300, 0, 2, None), "they wait"


COPY = (
    "INSERT INTO audit (id, at, action, detail) SELECT {0}, at, action, detail FROM audit "
    "WHERE id = 1"
)
SWAP = [
    "UPDATE {0} SET {1} = -1 WHERE {1} = {2}",
    "UPDATE {0} SET {1} = {2} WHERE {1} = {3}",
    "UPDATE {0} SET {1} = {3} WHERE {1} = -1",
]


def swapped(table: str, column: str, one: int, other: int) -> list[str]:
    return [line.format(table, column, one, other) for line in SWAP]


CHANGES = {
    "a row is changed": (
        ["UPDATE audit SET actor_name = 'Somebody', detail = '{}' WHERE id = 41"],
        r"Row 41 \(index 40\) was changed: actor_name, detail\.",
    ),
    "the first of two is named": (
        ["UPDATE audit SET action = 'call.failed' WHERE id IN (290, 7)"],
        r"Row 7 \(index 6\) was changed: action\.",
    ),
    "a time is moved by a microsecond": (
        ["UPDATE audit SET at = '2026-03-04 05:06:07.890124' WHERE id = 300"],
        r"Row 300 \(index 299\) was changed: at\.",
    ),
    "a row is removed": (
        ["DELETE FROM audit WHERE id = 41"],
        r"Row 41 \(index 40\) was removed\.",
    ),
    "a row is inserted": ([COPY.format(1001)], "Row 1001 was inserted"),
    "two rows change places": (
        swapped("audit", "id", 41, 43),
        r"Row 41 \(index 40\) was changed: detail\.",
    ),
    "a leaf is removed": (
        ["DELETE FROM audit_leaves WHERE leaf_index = 40"],
        r"row with the index 40 was removed from the log; the next one there is row 42",
    ),
    "a leaf is changed": (
        ["UPDATE audit_leaves SET leaf = '{}' WHERE leaf_index = 40"],
        r"Row 41 \(index 40\) was changed: ",
    ),
    "leaves change places in a full tile": (
        swapped("audit_leaves", "leaf_index", 120, 124),
        r"Row 125 \(index 120\) is not what was hashed there",
    ),
    "leaves change places after the last full tile": (
        swapped("audit_leaves", "leaf_index", 280, 281),
        r"root of 299 rows is not the one that was signed: .* is row 101 \(index 100\) or one",
    ),
    "leaves change rows": (
        swapped("audit_leaves", "audit_id", 41, 43),
        r"Row 43 \(index 40\) was moved: row 41 was hashed there",
    ),
    "rows and leaves are cut": (
        ["DELETE FROM audit WHERE id > 290", "DELETE FROM audit_leaves WHERE leaf_index >= 290"],
        r"The log was cut: .* of 299 rows was signed, 290 are there\. The first of 9 .* index 290",
    ),
    "only leaves are cut": (
        ["DELETE FROM audit_leaves WHERE leaf_index >= 299"],
        r"of 300 rows was signed, 299 are there\. The first of 1 that are missing",
    ),
    "a tile is changed": (
        ["UPDATE audit_tiles SET hashes = 'x'"],
        r"Row 1 \(index 0\) is not what was hashed there",
    ),
    "a tile is removed": (
        ["DELETE FROM audit_tiles"],
        "tile of the hashes from index 0 on was removed",
    ),
    "everything is removed": (
        [f"DELETE FROM {table}" for table in ("audit", "audit_leaves", "audit_tiles")],
        r"of 100 rows was signed, 0 are there\. The first of 100",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_is_found_and_its_first_row_named(
    database: Database, database_url: str, signed: list[Checkpoint], change: str
) -> None:
    statements, told = CHANGES[change]
    await tamper(database_url, *statements)
    problem = (await judge(database, signed)).problem
    assert problem is not None
    assert re.search(told, problem), problem


async def test_a_row_that_was_changed_with_its_leaf_and_tiles_lies_between_two_checkpoints(
    database: Database, database_url: str, signed: list[Checkpoint]
) -> None:
    edge = Edge()
    tiles = []
    for row in await leaves(database):
        forged = row.leaf.replace(b"call.ended", b"call.failed")
        tiles += edge.add(forged if row.audit_id == 150 else row.leaf)
    [tile] = tiles
    quoted = "x'{}'" if "sqlite" in database_url else "'\\x{}'"
    [leaf] = [row.leaf for row in await leaves(database) if row.audit_id == 150]
    forged = leaf.replace(b"call.ended", b"call.failed")
    await tamper(
        database_url,
        "UPDATE audit SET action = 'call.failed' WHERE id = 150",
        f"UPDATE audit_leaves SET leaf = {quoted.format(forged.hex())} WHERE audit_id = 150",
        f"UPDATE audit_tiles SET hashes = {quoted.format(tile.data.hex())}",
    )
    problem = (await judge(database, signed)).problem
    assert problem is not None
    assert "is row 101 (index 100) or one after it, before index 299" in problem


async def test_a_cut_that_no_checkpoint_tells_of_is_told_by_the_tiles_if_they_were_forgotten(
    database: Database, database_url: str, signed: list[Checkpoint]
) -> None:
    await tamper(
        database_url,
        "DELETE FROM audit WHERE id > 200",
        "DELETE FROM audit_leaves WHERE leaf_index >= 200",
    )
    problem = (await judge(database, signed[:1])).problem
    assert problem == "The log was cut: there are hashes of 256 rows, and 200 rows."


async def test_rows_that_never_came_into_the_log_are_told(
    database: Database, database_url: str, signed: list[Checkpoint]
) -> None:
    await write(database, 1, 2)
    await tamper(database_url, "DELETE FROM audit WHERE id = 302")
    assert (await judge(database, signed)).problem == (
        "Row 302 was removed before it was put into the log."
    )
    await tamper(database_url, "DELETE FROM audit_pending WHERE audit_id = 301")
    problem = (await judge(database, signed)).problem
    assert problem == "Row 301 was inserted: it is not in the log, and does not wait for it."


async def test_two_logs_under_one_name_are_told(
    database: Database, signed: list[Checkpoint]
) -> None:
    other = replace(signed[-1], root=bytes(32))
    problem = (await judge(database, [*signed, other])).problem
    assert problem is not None
    assert "two checkpoints of 300 rows with different roots" in problem
    assert SIGNER.name == other.origin


async def test_an_empty_log_has_nothing_to_find(database: Database) -> None:
    empty = Checkpoint(SIGNER.name, 0, Edge().root)
    assert await judge(database, [empty]) == Verdict(0, 0, 0, 0, None)


async def test_a_time_that_is_none_is_found_and_stops_only_the_sequencer(
    database: Database, database_url: str, signed: list[Checkpoint]
) -> None:
    if "postgresql" in database_url:
        return  # it takes none
    await tamper(database_url, "UPDATE audit SET at = 'noon' WHERE id = 41")
    problem = (await judge(database, signed)).problem
    assert problem is not None
    assert problem.startswith("The row with the index 40 was changed:")
