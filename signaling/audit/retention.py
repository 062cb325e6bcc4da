"""How long rows of the audit log keep their content, and since when that holds."""

import logging
from datetime import datetime, timedelta

from msgspec import DecodeError, Struct, json
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from signaling.audit.resources import AuditRetention
from signaling.config import Config, period
from signaling.config.period import Period
from signaling.kernel import leaps
from signaling.kernel.auditing import entry
from storage import audit
from storage.audit import expiry
from storage.database import Database
from storage.rows import properties

log = logging.getLogger(__name__)

SOON = timedelta(days=30)
"""What expires within that time is told before."""


class Policy(Struct, frozen=True, kw_only=True):
    """As it was configured, and as it is kept."""

    retention: str
    since: datetime
    """When it was first seen by a server, or its clock leapt."""
    notice_days: int
    """Nothing expires by it before so much time has passed since then."""

    @property
    def period(self) -> Period | None:
        """None: for ever, which is also what nobody can read."""
        try:
            return period.parse(self.retention)
        except ValueError:
            return None

    @property
    def begins_at(self) -> datetime:
        """When its notice is over."""
        return self.since + timedelta(days=self.notice_days)

    def cut_off(self, at: datetime) -> datetime | None:
        """Rows of then or earlier have expired at that moment; none: no row has."""
        if self.period is None or at < self.begins_at:
            return None
        return self.period.before(at)


async def in_force(tx: AsyncSession) -> Policy | None:
    """That of the server that started last; none before any has."""
    return _read(await properties.value(tx, properties.AUDIT_RETENTION))


async def by_clock(tx: AsyncSession, now: datetime) -> Policy | None:
    """That in force, for who ends rows by it; a clock that leapt begins its notice anew."""
    policy = await in_force(tx)
    if policy is None or policy.period is None:
        return policy
    leap = await leaps.look(tx, properties.AUDIT_RETENTION_SEEN, now, policy.since)
    if leap is None:
        return policy
    log.error(
        "the clock says %s, and was last seen at %s: no entry of the audit log expires for %d "
        "days; is it right?",
        now.isoformat(),
        leap.seen,
        policy.notice_days,
    )
    policy = replace(policy, since=now)
    await _put(tx, policy, now, {"clock_seen_last": leap.seen})
    return policy


async def settle(database: Database, config: Config, now: datetime) -> None:
    """That of the configuration. One that differs from what was kept before holds from now on, so
    that what it will end can be seen before; the change is audited. Raises DatabaseUnavailable.
    """
    async with database.transaction() as tx:
        policy = await current(tx, config, now)
        before = await in_force(tx)
        if policy != before and (before is not None or policy.period is not None):
            await _put(tx, policy, now)


async def current(tx: AsyncSession, config: Config, now: datetime) -> Policy:
    """The same, without writing it down."""
    before, retention = await in_force(tx), config.audit.retention
    same = before is not None and before.retention == retention
    since = before.since if before is not None and same else now
    return Policy(retention=retention, since=since, notice_days=config.retention.notice_days)


async def _put(
    tx: AsyncSession, policy: Policy, now: datetime, why: audit.Detail | None = None
) -> None:
    await properties.put(tx, properties.AUDIT_RETENTION, json.encode(policy).decode())
    detail: audit.Detail = {
        "retention": policy.retention,
        "notice_days": policy.notice_days,
        **(why or {}),
    }
    await audit.append(tx, entry("audit.retention_changed", now, None, detail=detail))


async def outlook(tx: AsyncSession, now: datetime) -> AuditRetention:
    """What has expired, and what will within 30 days."""
    policy = await in_force(tx)
    kept = policy.period if policy else None
    soon = policy.cut_off(now + SOON) if policy else None
    waits = policy is not None and kept is not None and now < policy.begins_at
    return AuditRetention(
        count=kept.count if kept else 0,
        unit=kept.unit if kept else None,
        begins_at=policy.begins_at if policy and waits else None,
        expired=await expiry.count(tx),
        expiring=await expiry.count_due(tx, soon) if soon else 0,
    )


def _read(kept: str | None) -> Policy | None:
    """What nobody can read counts as another one: then it holds from now on."""
    try:
        return None if kept is None else json.decode(kept, type=Policy)
    except DecodeError:
        return None
