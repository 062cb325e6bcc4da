"""How long recordings are kept, by whether their call had pictures and how old the patient was, and
since when that holds.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from msgspec import DecodeError, Struct, json
from msgspec.structs import asdict, replace
from sqlalchemy.ext.asyncio import AsyncSession

from signaling import config
from signaling.kernel import leaps
from signaling.kernel.auditing import entry
from signaling.kernel.words import KeptBy
from storage import ages, audit
from storage.database import Database
from storage.recordings.expiry import Before, OfAge, Over
from storage.recordings.summaries import RecordingSummary
from storage.rows import properties

log = logging.getLogger(__name__)

SOON = timedelta(days=30)
"""What expires within that time is listed as expiring."""


@dataclass(frozen=True)
class Expiry:
    """When a recording is erased, and what that follows from."""

    at: datetime
    by: KeptBy


class Policy(Struct, frozen=True, kw_only=True):
    """Days from the begin of a recording; 0 is for ever."""

    video_days: int
    audio_days: int
    minor_video_until_age: int = 0
    minor_audio_until_age: int = 0
    """Years of a patient who was a minor then, until which it is kept at least; 0: as of others."""
    age_of_majority: int = 18
    since: datetime
    """When it was first seen by a server, or its clock leapt."""
    notice_days: int
    """Nothing expires by it before so much time has passed since then."""

    @property
    def keeps_for_ever(self) -> bool:
        """All of them."""
        return not (self.video_days or self.audio_days)

    @property
    def terms(self) -> dict[str, int]:
        """What makes it another policy."""
        return {
            "video_days": self.video_days,
            "audio_days": self.audio_days,
            "minor_video_until_age": self.minor_video_until_age,
            "minor_audio_until_age": self.minor_audio_until_age,
            "age_of_majority": self.age_of_majority,
        }

    def of(self, found: RecordingSummary) -> Expiry | None:
        """None: it is kept for ever."""
        return self.expiry(
            found.recording.started_at,
            audio_only=found.recording.audio_only,
            born=found.birth_date,
            noted_at=found.birth_date_noted_at,
        )

    def expiry(
        self,
        began: datetime,
        *,
        audio_only: bool,
        born: date | None = None,
        noted_at: datetime | None = None,
    ) -> Expiry | None:
        """Of a patient born then, as it was noted at that moment. A date of birth that nobody knows
        is taken for the day on which the recording began, which keeps it longest; one that was
        noted later is no reason to erase it before a notice has passed.
        """
        days, until_age = self._of_kind(audio_only=audio_only)
        if not days:
            return None
        notice = timedelta(days=self.notice_days)
        ends = [Expiry(max(began + timedelta(days=days), self.since + notice), "type")]
        if until_age:
            assumed = born or ages.day(began)
            if began < ages.birthday(assumed, self.age_of_majority):
                by: KeptBy = "minor" if born else "birth_date_unknown"
                ends.append(Expiry(ages.birthday(assumed, until_age), by))
            if noted_at and began < noted_at:
                ends.append(Expiry(noted_at + notice, "birth_date_changed"))
        return max(ends, key=lambda end: end.at)

    def over(self, at: datetime) -> Before | None:
        """Those whose time is over at that moment; none of them if that is too soon."""
        if at < self.since + timedelta(days=self.notice_days):
            return None
        return Before(video=self._over(at, audio_only=False), audio=self._over(at, audio_only=True))

    def _over(self, at: datetime, *, audio_only: bool) -> Over | None:
        days, until_age = self._of_kind(audio_only=audio_only)
        if not days:
            return None
        of_age = OfAge(
            self.age_of_majority,
            ages.born_by(at, until_age),
            at - timedelta(days=self.notice_days),
        )
        return Over(at - timedelta(days=days), of_age if until_age else None)

    def _of_kind(self, *, audio_only: bool) -> tuple[int, int]:
        if audio_only:
            return self.audio_days, self.minor_audio_until_age
        return self.video_days, self.minor_video_until_age


FOR_EVER = Policy(video_days=0, audio_days=0, since=datetime.min.replace(tzinfo=UTC), notice_days=0)


async def in_force(tx: AsyncSession) -> Policy:
    """That of the server that started last, whichever asks."""
    return _read(await properties.value(tx, properties.RETENTION)) or FOR_EVER


async def by_clock(tx: AsyncSession, now: datetime) -> Policy:
    """That in force, for whoever erases by it, and looks at the clock every so often.

    If that has leapt since anybody looked, its notice begins anew, as after a change.
    """
    policy = await in_force(tx)
    if policy.keeps_for_ever:
        return policy
    leap = await leaps.look(tx, properties.RETENTION_SEEN, now, policy.since)
    if leap is None:
        return policy
    log.error(
        "the clock says %s, and was last seen at %s: nothing expires for %d days; is it right?",
        now.isoformat(),
        leap.seen,
        policy.notice_days,
    )
    policy = replace(policy, since=now)
    await _put(tx, policy, now, {"clock_seen_last": leap.seen})
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
    policy = Policy(since=now, **asdict(section))
    before = _read(await properties.value(tx, properties.RETENTION))
    if before is None or before.terms != policy.terms:
        return policy
    return replace(policy, since=before.since)


async def _put(
    tx: AsyncSession, policy: Policy, now: datetime, why: audit.Detail | None = None
) -> None:
    await properties.put(tx, properties.RETENTION, json.encode(policy).decode())
    detail: audit.Detail = {**policy.terms, "notice_days": policy.notice_days, **(why or {})}
    await audit.append(tx, entry("recording.retention_changed", now, None, detail=detail))


def _read(kept: str | None) -> Policy | None:
    """What nobody can read counts as another one: then it holds from now on."""
    try:
        return None if kept is None else json.decode(kept, type=Policy)
    except DecodeError:
        return None
