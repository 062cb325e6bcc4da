"""A server reads its whole log, a little at a time, and says whether it is what was signed."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from signaling.audit import verification
from signaling.audit.verification import ROUND_SECONDS, LogKey, Verification
from storage.audit import key
from storage.audit.cosignature import Cosigner
from storage.audit.sequencer import Sequencer
from storage.database import Database
from tests.patience import until
from tests.signaling.manual_clock import ManualClock
from tests.storage.audit.logs import NOW, tamper, write
from tests.support.witness import TestWitness

ROWS = 600  # more than two steps


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = await Database.open(database_url)
    yield database
    await database.close()


class Log:
    """One that is signed, and what looks at it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        path, self.checkpoints = folder / "audit.key", folder / "checkpoints"
        self._sequencer = Sequencer(database, key.create(path), self.checkpoints)
        self.clock = ManualClock()
        witness = Cosigner.parse(TestWitness("witness.example.org/w1").vkey)
        self.verification = Verification(
            database, LogKey(path, self.checkpoints, [witness]), self.clock
        )

    async def grow(self, rows: int) -> None:
        await self._sequencer.settle_key()
        await write(self.database, *range(rows))
        while (step := await self._sequencer.step(NOW)) and step.added:
            pass
        await self._sequencer.step(NOW, sign=True)
        await self._sequencer.publish()


@pytest.fixture
async def log(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Log]:
    """Which is looked at until the test ends, without long pauses."""
    for pause in ("LOOK_SECONDS", "AGAIN_SECONDS"):
        monkeypatch.setattr(verification, pause, 0.01)
    log = Log(database, tmp_path)
    await log.grow(ROWS)
    task = asyncio.create_task(log.verification.watch())
    yield log
    task.cancel()
    await asyncio.wait({task})


async def test_a_whole_log_is_found_whole_and_followed_as_it_grows(log: Log) -> None:
    found = log.verification
    await until(lambda: found.whole_at is not None)
    assert (found.checked, found.whole_at, found.wrong) == (ROWS, log.clock.now(), None)
    await log.grow(300)
    await until(lambda: found.checked == ROWS + 300)
    status = await found.status()
    assert (status.size, status.waiting, status.verification.fault) == (ROWS + 300, 0, None)
    assert status.log
    assert status.checkpoint
    assert (status.checkpoint.size, len(status.checkpoint.root)) == (ROWS + 300, 64)
    assert [(one.witness, one.at) for one in status.checkpoint.cosignatures] == [
        ("witness.example.org/w1", None)
    ]


async def test_what_was_changed_is_found_in_the_next_round_and_its_first_row_named(
    log: Log, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    found = log.verification
    await until(lambda: found.whole_at is not None)
    await tamper(database_url, "UPDATE audit SET actor_id = 'x' WHERE id IN (7, 400)")
    with caplog.at_level(logging.ERROR, logger=verification.__name__):
        await log.clock.advance(ROUND_SECONDS + 1)
        await until(lambda: found.wrong is not None)
        status = await found.status()
        told = status.verification
        assert (told.fault, told.row, told.whole_at) == ("changed", 7, None)
        assert (found.fault, found.is_on) == ("changed", True)
        assert found.unverified_seconds == ROUND_SECONDS + 1, "it goes on from the good one"
        await tamper(database_url, "UPDATE audit SET actor_id = NULL WHERE id IN (7, 400)")
        await until(lambda: found.whole_at is not None)
    assert [record.message for record in caplog.records] == [
        "the audit log is not what was signed: Row 7 (index 6) was changed: actor_id."
    ]


async def test_a_log_that_lost_its_end_is_found_by_what_was_published(
    log: Log, database_url: str
) -> None:
    found = log.verification
    await until(lambda: found.whole_at is not None)
    await tamper(
        database_url,
        "DELETE FROM audit WHERE id > 590",
        "DELETE FROM audit_leaves WHERE leaf_index >= 590",
        "DELETE FROM audit_checkpoints",
    )
    await log.clock.advance(ROUND_SECONDS + 1)
    await until(lambda: found.wrong is not None and found.wrong.fault == "cut")


async def test_a_checkpoint_that_is_not_the_logs_is_a_fault(log: Log, database_url: str) -> None:
    found = log.verification
    await until(lambda: found.whole_at is not None)
    await tamper(database_url, "UPDATE audit_checkpoints SET note = 'x'")
    await log.clock.advance(ROUND_SECONDS + 1)
    await until(lambda: found.wrong is not None and found.wrong.fault == "forked")
