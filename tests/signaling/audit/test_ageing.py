"""A server ends rows of the audit log whose time is over, after notice, and writes that down."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from signaling.audit import ageing, retention
from signaling.audit.ageing import Ageing
from signaling.config import Audit, Config, period
from signaling.config.period import Period
from signaling.kernel.leaps import LEAP
from storage.audit import expiry
from storage.audit.verify import verify
from storage.database import Database
from storage.models import AuditRow
from storage.rows import properties
from tests.signaling.manual_clock import START, ManualClock
from tests.storage.audit.logs import published, sequence
from tests.support.stored import all_events

DAY = timedelta(days=1)
OLD = START - 7 * 366 * DAY
TILE = 256


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = await Database.open(database_url)
    yield database
    await database.close()


class Server:
    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.clock = ManualClock()
        self.ageing = Ageing(database, self.clock)
        self._checkpoints = folder / "checkpoints"

    async def start(self, kept: str) -> None:
        config = Config(audit=Audit(retention=kept))
        await retention.settle(self.database, config, self.clock.now())

    async def write(self, rows: int, at: datetime) -> None:
        async with self.database.transaction() as tx:
            row = {"at": at, "action": "user.signed_in", "detail": "{}"}
            await tx.execute(insert(AuditRow), [row] * rows)
        await sequence(self.database, self._checkpoints)

    async def later(self, days: int) -> None:
        """A server has looked at its clock meanwhile."""
        self.clock.set(days * DAY.total_seconds())
        async with self.database.transaction() as tx:
            seen = self.clock.now() - DAY
            await properties.put(tx, properties.AUDIT_RETENTION_SEEN, seen.isoformat())

    async def told(self, action: str) -> list[Any]:
        return [one.detail for one in await all_events(self.database) if one.action == action]

    async def expired(self) -> int:
        """As whoever verifies the whole log finds it."""
        await sequence(self.database, self._checkpoints)
        async with self.database.reading() as tx:
            found = await verify(tx, published(self._checkpoints), self.clock.now())
            assert await expiry.count(tx) == found.expired
        assert found.problem is None
        return found.expired


@pytest.fixture
async def server(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """One that has just started on a log of seven years ago, and one row of today."""
    monkeypatch.setattr(ageing, "PAUSE_SECONDS", 0.0)
    server = Server(database, tmp_path)
    await server.write(2 * TILE, OLD)
    await server.write(1, START)
    await server.start("6 years")
    return server


async def test_old_rows_expire_after_notice_and_the_log_says_so(server: Server) -> None:
    assert await server.ageing.round() == 0
    await server.later(29)
    assert await server.ageing.round() == 0
    async with server.database.reading() as tx:
        outlook = await retention.outlook(tx, server.clock.now())
    assert (outlook.count, outlook.unit, outlook.begins_at) == (6, "years", START + 30 * DAY)
    assert (outlook.expired, outlook.expiring) == (0, 2 * TILE)
    await server.later(1)
    assert await server.ageing.round() == 2 * TILE
    assert await server.ageing.round() == 0
    assert await server.expired() == 2 * TILE
    cut_off = (START + 30 * DAY).replace(year=2020).isoformat()
    assert await server.told("audit.expired") == [
        {"rows": TILE, "indices": runs, "cut_off": cut_off} for runs in ("0-255", "256-511")
    ]
    async with server.database.reading() as tx:
        outlook = await retention.outlook(tx, server.clock.now())
    assert (outlook.begins_at, outlook.expired, outlook.expiring) == (None, 2 * TILE, 0)


async def test_another_time_has_its_own_notice_and_forever_ends_nothing(server: Server) -> None:
    await server.later(30)
    await server.start("forever")
    await server.later(4000)
    assert await server.ageing.round() == 0
    await server.start("2000 days")
    assert await server.ageing.round() == 0
    await server.later(30)
    assert await server.ageing.round() == 2 * TILE
    said = [detail["retention"] for detail in await server.told("audit.retention_changed")]
    assert said == ["6 years", "forever", "2000 days"]


async def test_a_clock_that_leaps_ends_nothing_before_its_notice_is_over(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    assert await server.ageing.round() == 0
    server.clock.set((LEAP + 30 * DAY).total_seconds())
    assert await server.ageing.round() == 0
    assert "no entry of the audit log expires for 30 days; is it right?" in caplog.text
    last = (await server.told("audit.retention_changed"))[-1]
    assert last["clock_seen_last"] == START.isoformat()
    await server.later(29)
    assert await server.ageing.round() == 0
    await server.later(1)
    assert await server.ageing.round() == 2 * TILE


async def test_two_servers_at_once_end_each_row_once(server: Server) -> None:
    await server.later(30)
    other = Ageing(server.database, server.clock)
    counts = await asyncio.gather(server.ageing.round(), other.round())
    assert sum(counts) == await server.expired() == 2 * TILE
    assert sum([detail["rows"] for detail in await server.told("audit.expired")]) == 2 * TILE


async def test_one_that_is_cut_off_in_the_middle_leaves_no_half_and_the_next_goes_on(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    await server.later(30)
    expire, done = expiry.expire, list[int]()

    async def cut_off(tx: AsyncSession, leaves: list[int], record: int) -> None:
        await expire(tx, leaves, record)
        done.append(leaves[0])
        if len(done) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(expiry, "expire", cut_off)
        with pytest.raises(KeyboardInterrupt):
            await server.ageing.round()
    assert (done, await server.expired()) == ([0, TILE], TILE)
    assert await server.ageing.round() == TILE
    assert await server.expired() == 2 * TILE


def test_a_time_is_by_the_calendar() -> None:
    leap_day = datetime(2028, 2, 29, 12, tzinfo=UTC)
    assert Period(6, "years").before(leap_day) == datetime(2022, 2, 28, 12, tzinfo=UTC)
    assert Period(400, "days").before(leap_day) == leap_day - 400 * DAY
    assert period.parse("1 year") == Period(1, "years")
    assert period.parse("2200 days") == Period(2200, "days")
    assert (period.parse("forever"), period.parse("0")) == (None, None)


@pytest.mark.parametrize(
    "text", ["", "6", "six years", "0 years", "-1 days", "6 months", "101 years"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be a time such as|longer than 100 years"):
        period.parse(text)
