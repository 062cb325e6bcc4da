"""A server keeps the tree of the audit log up with its rows, signs it, and says when it cannot."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from signaling import config
from signaling.cluster.sequencing import SIGN_SECONDS, Sequencing
from signaling.services import opened
from storage import audit
from storage.audit import AuditEvent, key, log
from storage.audit.file import CheckpointFile
from storage.audit.log import BATCH
from storage.audit.sequencer import Sequencer
from storage.database import Database
from tests.patience import until
from tests.signaling.conftest import configuration
from tests.signaling.manual_clock import ManualClock
from tests.storage.audit.logs import SIGNER, published, tamper, write


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = await Database.open(database_url)
    yield database
    await database.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def sequencing(
    database: Database, clock: ManualClock, tmp_path: Path
) -> AsyncIterator[Sequencing]:
    """Running."""
    sequencing = Sequencing(database, Sequencer(database, SIGNER, tmp_path / "file"), clock)
    task = asyncio.create_task(sequencing.watch())
    await until(lambda: sequencing.standing is not None)
    yield sequencing
    task.cancel()
    await asyncio.wait({task})


def standing(sequencing: Sequencing) -> tuple[int, int, int]:
    """Size, of that signed, and waiting."""
    found = sequencing.standing
    assert found
    return found.size, found.signed, found.waiting


async def test_rows_are_sequenced_as_they_come_and_signed_within_a_minute(
    database: Database, sequencing: Sequencing, clock: ManualClock, tmp_path: Path
) -> None:
    await write(database, *range(BATCH + 5))
    await until(lambda: standing(sequencing) == (BATCH + 5, 0, 0))
    await clock.advance(SIGN_SECONDS)
    await until(lambda: standing(sequencing) == (BATCH + 5, BATCH + 5, 0))
    await until(CheckpointFile(tmp_path / "file", SIGNER.verifier).newest)
    assert [one.size for one in published(tmp_path / "file")] == [BATCH + 5]
    assert sequencing.failures == 0


async def test_the_end_of_a_recording_is_signed_at_once(
    database: Database, sequencing: Sequencing
) -> None:
    async with database.transaction() as tx:
        await audit.append(tx, AuditEvent("recording.completed", sequencing._clock.now()))
    await until(lambda: standing(sequencing) == (1, 1, 0))


async def test_how_long_rows_wait_for_a_checkpoint_is_told(
    database: Database, sequencing: Sequencing, clock: ManualClock
) -> None:
    assert sequencing.unsigned_seconds == 0
    async with database.transaction() as tx:
        await audit.append(tx, AuditEvent("call.ended", clock.now() - timedelta(seconds=20)))
    await until(lambda: standing(sequencing) == (1, 0, 0))
    await clock.advance(12)
    assert sequencing.unsigned_seconds == 32


async def test_what_fails_is_counted_told_once_and_over_when_it_is(
    database: Database,
    database_url: str,
    sequencing: Sequencing,
    clock: ManualClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await write(database, 1)
    await until(lambda: standing(sequencing) == (1, 0, 0))
    await clock.advance(SIGN_SECONDS)
    await until(lambda: standing(sequencing) == (1, 1, 0))
    await tamper(database_url, "UPDATE audit_leaves SET leaf_index = 7")
    await write(database, 2)
    with caplog.at_level(logging.WARNING):
        await until(lambda: sequencing.failures >= 2)
    told = [record.getMessage() for record in caplog.records if "audit log" in record.getMessage()]
    assert len(told) == 1
    assert told[0].startswith("the audit log cannot be sequenced: ")
    await tamper(database_url, "UPDATE audit_leaves SET leaf_index = 0")
    await until(lambda: standing(sequencing)[2] == 0)
    await until(lambda: "the audit log is sequenced again" in caplog.text)


async def test_a_server_signs_its_last_row_when_it_stops(tmp_path: Path) -> None:
    settings = configuration(tmp_path)
    signer = key.create(settings.audit_key_file)
    async with opened(settings) as services, services.database.transaction() as tx:
        await audit.append(tx, AuditEvent("call.ended", services.clock.now()))
    database = await Database.open(settings.database_url)
    async with database.reading() as tx:
        told = await log.standing(tx)
        newest = await log.newest_checkpoint(tx)
    await database.close()
    assert told.size
    assert (told.signed, told.waiting) == (told.size, 0)
    assert newest
    assert settings.checkpoints_path.read_bytes() == newest.note + b"\n"
    assert signer.name.encode() in newest.note


async def test_without_its_key_a_server_says_so_and_signs_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = configuration(tmp_path, audit=config.Audit(key_file=tmp_path / "none.key"))
    async with opened(settings) as services, services.database.transaction() as tx:
        await audit.append(tx, AuditEvent("call.ended", services.clock.now()))
    assert "the audit log is not signed: `carelay keys create --if-missing`" in caplog.text
    database = await Database.open(settings.database_url)
    async with database.reading() as tx:
        told = await log.standing(tx)
    await database.close()
    assert told.size
    assert (told.signed, told.waiting) == (0, 0)
