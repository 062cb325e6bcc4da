"""How long recordings are kept, by whether their call had pictures, and since when that holds."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import DecodeError, Struct, json
from sqlalchemy.ext.asyncio import AsyncSession

from signaling import config
from signaling.kernel.auditing import entry
from storage import audit, properties
from storage.database import Database
from storage.recordings import Before

SOON = timedelta(days=30)
"""What expires within that time is listed as expiring."""


class Policy(Struct, frozen=True, kw_only=True):
    """Days from the begin of a recording; 0 is for ever."""

    video_days: int
    audio_days: int
    since: datetime
    """When it was first seen by a server."""
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


async def settle(database: Database, section: config.Retention, now: datetime) -> Policy:
    """That of the configuration. One that differs from what was kept before holds from now on, so
    that what it will erase can be seen before; the change is audited. Raises DatabaseUnavailable.
    """
    async with database.transaction() as tx:
        policy = await current(tx, section, now)
        kept = await properties.value(tx, properties.RETENTION)
        if not policy.keeps_for_ever if kept is None else policy != _read(kept):
            await properties.put(tx, properties.RETENTION, json.encode(policy).decode())
            detail = {
                "video_days": policy.video_days,
                "audio_days": policy.audio_days,
                "notice_days": policy.notice_days,
            }
            await audit.append(tx, entry("recording.retention_changed", now, None, detail=detail))
    return policy


async def current(tx: AsyncSession, section: config.Retention, now: datetime) -> Policy:
    """The same, without writing it down."""
    days = {"video_days": section.video_days, "audio_days": section.audio_days}
    before = _read(await properties.value(tx, properties.RETENTION))
    same = before is not None and days == {name: getattr(before, name) for name in days}
    since = before.since if before is not None and same else now
    return Policy(**days, since=since, notice_days=section.notice_days)


def _read(kept: str | None) -> Policy | None:
    """What nobody can read counts as another one: then it holds from now on."""
    try:
        return None if kept is None else json.decode(kept, type=Policy)
    except DecodeError:
        return None
