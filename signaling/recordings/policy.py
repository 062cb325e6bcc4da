"""How long recordings are kept, by whether their call had pictures, and since when that holds."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import DecodeError, Struct, json
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from signaling import config
from signaling.kernel.auditing import entry
from storage import audit, properties
from storage.database import Database
from storage.recordings import Before

log = logging.getLogger(__name__)

SOON = timedelta(days=30)
"""What expires within that time is listed as expiring."""
LEAP = timedelta(days=7)
"""A clock that is further than that from where it was seen last may be wrong, by years even."""


class Policy(Struct, frozen=True, kw_only=True):
    """Days from the begin of a recording; 0 is for ever."""

    video_days: int
    audio_days: int
    since: datetime
    """When it was first seen by a server, or its clock leapt."""
    notice_days: int
    """Nothing expires by it before so much time has passed since then."""

    @property
    def keeps_for_ever(self) -> bool:
        """All of them."""
        return not (self.video_days or self.audio_days)

    def expires_at(self, started_at: datetime, *, audio_only: bool) -> datetime | None:
        """None: it is kept for ever."""
        days = self.audio_days if audio_only else self.video_days
        if not days:
            return None
        return max(started_at + timedelta(days=days), self.since + timedelta(days=self.notice_days))

    def over(self, at: datetime) -> Before | None:
        """Those whose time is over at that moment; none of them if that is too soon."""
        if at < self.since + timedelta(days=self.notice_days):
            return None
        kinds: Mapping[str, int] = {"video": self.video_days, "audio": self.audio_days}
        return Before(
            **{kind: at - timedelta(days=days) if days else None for kind, days in kinds.items()}
        )


FOR_EVER = Policy(video_days=0, audio_days=0, since=datetime.min.replace(tzinfo=UTC), notice_days=0)


async def in_force(tx: AsyncSession) -> Policy:
    """That of the server that started last, whichever asks."""
    return _read(await properties.value(tx, properties.RETENTION)) or FOR_EVER


async def by_clock(tx: AsyncSession, now: datetime) -> Policy:
    """That in force, for whoever erases by it, and looks at the clock every so often.

    If that has leapt since anybody looked, its notice begins anew, as after a change: a clock that
    was set by years would else have everything erased at once. So it is after a server was off for
    as long, or a backup was restored.
    """
    policy = await in_force(tx)
    if policy.keeps_for_ever:
        return policy
    seen = _time(await properties.value(tx, properties.RETENTION_SEEN))
    await properties.put(tx, properties.RETENTION_SEEN, now.isoformat())
    if (seen is None or now - seen <= LEAP) and policy.since - now <= LEAP:
        return policy
    before = None if seen is None else seen.isoformat()
    log.error(
        "the clock says %s, and was last seen at %s: nothing expires for %d days; is it right?",
        now.isoformat(),
        before,
        policy.notice_days,
    )
    policy = replace(policy, since=now)
    await _put(tx, policy, now, {"clock_seen_last": before})
    return policy


async def settle(database: Database, section: config.Retention, now: datetime) -> Policy:
    """That of the configuration. One that differs from what was kept before holds from now on, so
    that what it will erase can be seen before; the change is audited. Raises DatabaseUnavailable.
    """
    async with database.transaction() as tx:
        policy = await current(tx, section, now)
        kept = await properties.value(tx, properties.RETENTION)
        if not policy.keeps_for_ever if kept is None else policy != _read(kept):
            await _put(tx, policy, now)
    return policy


async def current(tx: AsyncSession, section: config.Retention, now: datetime) -> Policy:
    """The same, without writing it down."""
    days = {"video_days": section.video_days, "audio_days": section.audio_days}
    before = _read(await properties.value(tx, properties.RETENTION))
    same = before is not None and days == {name: getattr(before, name) for name in days}
    since = before.since if before is not None and same else now
    return Policy(**days, since=since, notice_days=section.notice_days)


async def _put(
    tx: AsyncSession, policy: Policy, now: datetime, why: audit.Detail | None = None
) -> None:
    await properties.put(tx, properties.RETENTION, json.encode(policy).decode())
    detail: audit.Detail = {
        "video_days": policy.video_days,
        "audio_days": policy.audio_days,
        "notice_days": policy.notice_days,
        **(why or {}),
    }
    await audit.append(tx, entry("recording.retention_changed", now, None, detail=detail))


def _time(kept: str | None) -> datetime | None:
    try:
        return None if kept is None else datetime.fromisoformat(kept).astimezone(UTC)
    except ValueError:
        return None


def _read(kept: str | None) -> Policy | None:
    """What nobody can read counts as another one: then it holds from now on."""
    try:
        return None if kept is None else json.decode(kept, type=Policy)
    except DecodeError:
        return None
