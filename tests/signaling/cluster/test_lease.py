"""A lease that cannot be renewed ends in time, and its server hears of it."""

import asyncio

import pytest

from signaling.cluster.lease import Lease
from storage.cluster import nodes
from storage.database import Database
from tests.patience import PATIENCE
from tests.support.postgresql import PostgreSQL


async def test_a_fault_of_ours_lets_no_lease_run_out_unnoticed(
    postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> bool:
        raise KeyError

    database = await Database.open(await postgresql.new_database())
    monkeypatch.setattr(nodes, "renew", broken)
    held = await Lease.take(database, "node", 1.0)
    async with asyncio.timeout(PATIENCE):
        await held.lost.wait()
    assert held.seconds_left == 0
    assert "the lease could not be renewed" in caplog.text
    await held.close()
    await database.close()
