"""Checkpoints are offered to witnesses, and published once all of them have cosigned."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web

from signaling.cluster.witnessing import RETRY_SECONDS, Witnessing
from signaling.config import witnesses
from storage.audit import cosigned
from storage.audit.checkpoint import split
from storage.audit.cosignature import Cosigner
from storage.audit.note import parse
from storage.audit.sequencer import Sequencer
from storage.database import Database
from tests.patience import until
from tests.signaling.manual_clock import ManualClock
from tests.storage.audit.logs import SIGNER, published, sequence, tamper, write
from tests.support.witness import TestWitness, serving


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = await Database.open(database_url)
    yield database
    await database.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def knowing(name: str = "witness.example/w1") -> TestWitness:
    """One that this log is known to."""
    witness = TestWitness(name)
    witness.trust(str(SIGNER.verifier))
    return witness


@asynccontextmanager
async def watched(
    database: Database, clock: ManualClock, file: Path, *asked: TestWitness
) -> AsyncIterator[Witnessing]:
    """A log, and the witnesses on their sockets."""
    async with AsyncExitStack() as stack:
        urls = [await stack.enter_async_context(serving(one)) for one in asked]
        named = [witnesses.parse(f"{one.vkey} {url}") for one, url in zip(asked, urls, strict=True)]
        sequencer = Sequencer(database, SIGNER, file, [one.cosigner for one in named])
        witnessing = Witnessing(database, sequencer, named, clock)
        task = asyncio.create_task(witnessing.watch())
        yield witnessing
        task.cancel()
        await asyncio.wait({task})


async def sign(database: Database, rows: int, folder: Path) -> None:
    """So many more rows, and a checkpoint of all, which somebody else does not publish."""
    await write(database, *range(rows))
    await sequence(database, folder / "of-somebody-else")


def shows(file: Path, size: int) -> bool:
    return size in sizes(file)


def sizes(file: Path) -> list[int]:
    return [one.size for one in published(file)] if file.exists() else []


async def test_each_checkpoint_is_cosigned_by_all_and_then_published(
    database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    first, second, file = knowing(), knowing("witness.example/w2"), tmp_path / "file"
    async with watched(database, clock, file, first, second):
        for rows, size in ((5, 5), (300, 305), (1, 306)):
            await sign(database, rows, tmp_path)
            await until(partial(shows, file, size))
    assert sizes(file) == [5, 305, 306]
    assert first.asked == second.asked == [(200, 0), (200, 5), (200, 305)]
    newest = parse(list(split(file.read_bytes()))[-1])
    for one in (first, second):
        found = Cosigner.parse(one.vkey).find(newest)
        assert found is not None


async def test_a_checkpoint_without_a_cosignature_is_not_published_until_it_has_it(
    database: Database, clock: ManualClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    there, away, file = knowing(), knowing("witness.example/w2"), tmp_path / "file"
    away.instead = lambda: web.Response(status=503)
    async with watched(database, clock, file, there, away) as witnessing:
        with caplog.at_level(logging.WARNING):
            await sign(database, 3, tmp_path)
            await until(lambda: witnessing.failures[away.name])
            await until(lambda: witnessing.uncosigned_seconds)
            assert (sizes(file), witnessing.failures[there.name]) == ([], 0)
            away.instead = None
            await clock.advance(RETRY_SECONDS)
            await until(lambda: sizes(file) == [3])
            await until(lambda: witnessing.uncosigned_seconds == 0)
    lines = [record.getMessage() for record in caplog.records if "witness" in record.getMessage()]
    assert lines == [
        f"the witness {away.name} has not cosigned the audit log: it answers with the status 503",
        f"the witness {away.name} cosigns the audit log again",
    ]


async def test_a_witness_that_knows_another_size_is_asked_again_from_there(
    database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    witness, file = knowing(), tmp_path / "file"
    async with watched(database, clock, file, witness):
        await sign(database, 7, tmp_path)
        await until(lambda: sizes(file) == [7])
    witness.asked.clear()
    async with watched(database, clock, file, witness):
        size, root = witness.seen.pop(SIGNER.name)
        await sign(database, 2, tmp_path)  # it has forgotten the log
        await until(lambda: sizes(file) == [7, 9])
        assert witness.asked == [(409, 7), (200, 0)]
    assert size == 7
    assert root


OTHERS = f"— somebody.else/w9 {'A' * 96}\n"
REFUSALS: dict[str, tuple[Callable[[TestWitness], None], str]] = {
    "unknown log": (lambda witness: witness.logs.clear(), "it does not know this log: give it"),
    "another key": (
        lambda witness: witness.logs.update({SIGNER.name: TestWitness(SIGNER.name).vkey}),
        "it does not know this log's key",
    ),
    "another history": (
        lambda witness: witness.seen.update({SIGNER.name: (2, bytes(32))}),
        "the log does not go on from what it has seen before",
    ),
    "more rows": (
        lambda witness: witness.seen.update({SIGNER.name: (1000, bytes(32))}),
        "it knows of 1000 rows, and this log has 4: rows were lost",
    ),
    "a signature of somebody else": (
        lambda witness: setattr(witness, "instead", lambda: web.Response(text=OTHERS)),
        "The answer has no cosignature of witness.example/w1",
    ),
    "no note at all": (
        lambda witness: setattr(witness, "instead", lambda: web.Response(text="<html>")),
        "The note",
    ),
    "an endless answer": (
        lambda witness: setattr(witness, "instead", lambda: web.Response(text="x" * 100_000)),
        "its answer is too long",
    ),
    "a conflict without a size": (
        lambda witness: setattr(witness, "instead", lambda: web.Response(status=409, text="7")),
        "it tells of a conflict",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_what_a_witness_refuses_is_told_and_nothing_is_published(
    database: Database,
    clock: ManualClock,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    refusal: str,
) -> None:
    witness, file = knowing(), tmp_path / "file"
    change, words = REFUSALS[refusal]
    change(witness)
    async with watched(database, clock, file, witness) as witnessing:
        await sign(database, 4, tmp_path)
        await until(lambda: witnessing.failures[witness.name])
    assert words in caplog.text
    assert sizes(file) == []


async def test_a_witness_sees_a_log_that_was_put_back(
    database: Database,
    database_url: str,
    clock: ManualClock,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Although nothing on this machine knows of what was there."""
    witness, file = knowing(), tmp_path / "file"
    async with watched(database, clock, file, witness) as witnessing:
        await sign(database, 9, tmp_path)
        await until(lambda: sizes(file) == [9])
        tables = ("audit_cosignatures", "audit_checkpoints", "audit_leaves", "audit")
        await tamper(database_url, *(f"DELETE FROM {table}" for table in tables))
        for kept in (file, tmp_path / "of-somebody-else"):
            kept.unlink()
        await write(database, *range(100, 103))
        await sign(database, 9, tmp_path)
        await until(lambda: witnessing.failures[witness.name])
    assert "the log does not go on from what it has seen before" in caplog.text


async def test_a_signature_that_was_changed_in_the_database_counts_for_nothing(
    database: Database, database_url: str, clock: ManualClock, tmp_path: Path
) -> None:
    witness, file = knowing(), tmp_path / "file"
    async with watched(database, clock, file, witness):
        await sign(database, 2, tmp_path)
        await until(lambda: sizes(file) == [2])
    await tamper(database_url, "UPDATE audit_cosignatures SET name = 'witness.example/w7'")
    async with database.reading() as tx:
        assert await cosigned.newest_final(tx, [Cosigner.parse(witness.vkey)]) is None
