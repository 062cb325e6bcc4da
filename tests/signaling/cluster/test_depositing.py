"""Checkpoints of the audit log end up in a bucket, as an auditor can check them there."""

import logging
from pathlib import Path

import pytest

from signaling.cluster.depositing import Depositing, object_name
from storage import audit
from storage.audit import AuditEvent
from storage.audit import key as audit_key
from storage.audit.checkpoint import opened
from storage.audit.sequencer import Sequencer
from storage.database import Database
from tests.signaling.manual_clock import START, ManualClock
from tests.support.objectstore import ObjectServer, Proxy, bucket_at


async def test_the_newest_checkpoint_is_kept_once_as_it_was_signed(
    tmp_path: Path,
    database_url: str,
    object_server: ObjectServer,
    proxy: Proxy,
    caplog: pytest.LogCaptureFixture,
) -> None:
    database = await Database.open(database_url)
    signer = audit_key.create(tmp_path / "audit.key")
    sequencer = Sequencer(database, signer, tmp_path / "checkpoints")
    await sequencer.settle_key()
    name = object_server.new_bucket(versions=True)
    depositing = Depositing(database, bucket_at(proxy.url, name), [], ManualClock())
    await depositing.try_once()
    assert object_server.keys(name) == set()
    for size in (1, 2):
        async with database.transaction() as tx:
            await audit.append(tx, AuditEvent("server.started", START))
        await sequencer.step(START, sign=True)
        proxy.die()
        with caplog.at_level(logging.ERROR):
            await depositing.try_once()
            await depositing.try_once()
        proxy.rise()
        await depositing.try_once()
        await depositing.try_once()
        kept = object_server.ask("GET", f"/{name}/{object_name(size)}").encode()
        assert opened(kept, signer.verifier).size == size
    assert object_server.keys(name) == {object_name(1), object_name(2)}
    assert depositing.failures == 4
    assert len([text for text in caplog.messages if "are not kept in the bucket" in text]) == 2
    await database.close()
