"""Recordings of minors are kept until they are old enough, and longest where nobody knows how old
they are; what the rule says of one is what both databases find.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from signaling import config
from signaling.config.rules import contradictions
from signaling.recordings import policy
from signaling.recordings.library import RecordingSearch
from signaling.recordings.policy import Expiry, Policy
from signaling.recordings.resources import Recording as Shown
from storage.database import Database
from storage.ids import new_id
from storage.models import Recording, User
from storage.people import patients, users
from storage.people.patients import Record
from storage.recordings.expiry import expired
from storage.rows import properties
from tests.signaling.manual_clock import START
from tests.signaling.practice import Practice, open_practice
from tests.signaling.recordings.recorded import record
from tests.storage import practice as people

DAY = timedelta(days=1)
UNTIL_25 = config.Retention(
    video_days=90, audio_days=10, minor_video_until_age=25, minor_audio_until_age=21
)
RULE = Policy(
    video_days=90,
    audio_days=10,
    minor_video_until_age=25,
    minor_audio_until_age=21,
    since=START - 400 * DAY,
    notice_days=30,
)
BIRTHS = (
    None,
    date(2008, 2, 29),  # 18 on 1 March 2026
    date(2008, 3, 1),
    date(2008, 3, 2),
    date(2024, 2, 29),
    date(2001, 3, 2),
    date(1950, 12, 31),
)
BEGINS = tuple(
    datetime(2026, 3, day, hour, tzinfo=UTC) for day, hour in product((1, 2, 3), (11, 12, 23))
)
MOMENTS = tuple(
    datetime(year, month, day, hour, tzinfo=UTC)
    for year, month, day, hour in (
        (2026, 5, 31, 12),
        (2026, 6, 1, 13),
        (2029, 3, 1, 12),
        (2033, 2, 28, 12),
        (2033, 3, 1, 11),
        (2033, 3, 1, 12),
        (2033, 3, 2, 12),
        (2045, 3, 1, 12),
        (2047, 3, 3, 12),
        (2051, 3, 1, 12),
        (2051, 3, 2, 13),
    )
)


def test_what_is_recorded_of_a_minor_is_kept_until_they_are_old_enough() -> None:
    born = date(2010, 7, 1)
    expected = Expiry(datetime(2035, 7, 1, 12, tzinfo=UTC), "minor")
    assert RULE.expiry(START, audio_only=False, born=born) == expected
    expected = Expiry(datetime(2031, 7, 1, 12, tzinfo=UTC), "minor")
    assert RULE.expiry(START, audio_only=True, born=born) == expected


def test_of_who_is_of_age_and_where_no_such_rule_is_days_count() -> None:
    usual = Expiry(START + 90 * DAY, "type")
    assert RULE.expiry(START, audio_only=False, born=date(2008, 3, 1)) == usual
    plain = Policy(video_days=90, audio_days=10, since=START - 400 * DAY, notice_days=30)
    assert plain.expiry(START, audio_only=False, born=date(2020, 1, 1)) == usual
    assert plain.expiry(START, audio_only=False) == usual


def test_one_whose_date_of_birth_is_not_known_is_kept_longest() -> None:
    unknown = RULE.expiry(START, audio_only=False)
    assert unknown
    assert unknown.by == "birth_date_unknown"
    for born in BIRTHS[1:]:
        known = RULE.expiry(START, audio_only=False, born=born)
        assert known
        assert known.at <= unknown.at


def test_a_date_of_birth_that_was_noted_since_erases_nothing_before_a_notice() -> None:
    noted = START + 200 * DAY
    adult = RULE.expiry(START, audio_only=False, born=date(1980, 1, 1), noted_at=noted)
    assert adult == Expiry(noted + 30 * DAY, "birth_date_changed")
    later = RULE.expiry(noted, audio_only=False, born=date(1980, 1, 1), noted_at=noted)
    assert later == Expiry(noted + 90 * DAY, "type")


@pytest.mark.parametrize("audio_only", [False, True])
async def test_a_database_finds_what_the_rule_says(
    common_database_url: str, audio_only: bool
) -> None:
    database = await Database.open(common_database_url)
    async with database.transaction() as tx:
        await _require_the_same(tx, await people.open_practice(tx, START), audio_only=audio_only)
        await tx.rollback()
    await database.close()


async def _require_the_same(
    tx: AsyncSession, practice: people.Practice, *, audio_only: bool
) -> None:
    expected: dict[str, tuple[datetime, date | None, datetime | None]] = {}
    noted = (BEGINS[0] - DAY, BEGINS[0] + 2000 * DAY)
    for born, noted_at in product(BIRTHS, noted):
        patient = await _patient(tx, practice, born, noted_at)
        for began in BEGINS:
            found = await _recorded(tx, practice, patient, began, audio_only=audio_only)
            expected[found.id] = began, born, noted_at
    for at in MOMENTS:
        before = RULE.over(at)
        assert before
        found_now = set(await expired(tx, before, 10_000))
        assert found_now == {
            recording_id
            for recording_id, (began, born, noted_at) in expected.items()
            if (expiry := _expiry(began, born, noted_at, audio_only=audio_only)) and expiry.at <= at
        }, at


def _expiry(
    began: datetime, born: date | None, noted_at: datetime | None, *, audio_only: bool
) -> Expiry | None:
    return RULE.expiry(began, audio_only=audio_only, born=born, noted_at=noted_at if born else None)


async def _patient(
    tx: AsyncSession, practice: people.Practice, born: date | None, noted_at: datetime
) -> User:
    user = await users.create(tx, name="Kim Lee", role="patient", now=practice.now)
    await patients.put(tx, user, Record(name="Kim Lee", birth_date=born), now=noted_at)
    return user


async def _recorded(
    tx: AsyncSession,
    practice: people.Practice,
    patient: User,
    began: datetime,
    *,
    audio_only: bool,
) -> Recording:
    of = people.Practice(patient, practice.provider, practice.now)
    session = await people.finished_call(tx, of, new_id())
    session.audio_only = audio_only
    found = await people.record(tx, session)
    found.state, found.started_at = "complete", began
    return found


async def test_compliance_sees_why_and_what_a_correction_moves(
    database_url: str, tmp_path: Path
) -> None:
    async with open_practice(tmp_path, retention=UNTIL_25, database_url=database_url) as practice:
        await _record_of_patient(practice)
        shown = await _shown(practice)
        assert (shown.kept_by, _day(shown)) == ("birth_date_unknown", date(2051, 3, 1))
        await _born(practice, date(2010, 7, 1))
        shown = await _shown(practice)
        assert (shown.kept_by, _day(shown)) == ("minor", date(2035, 7, 1))
        practice.clock.set(100 * DAY.total_seconds())
        await _seen_yesterday(practice)
        assert await _expiring(practice) == []
        await _born(practice, date(1980, 7, 1))
        shown = await _shown(practice)
        assert (shown.kept_by, shown.expires_at) == ("birth_date_changed", START + 130 * DAY)
        assert await _expiring(practice) == [shown.recording_id]
        practice.clock.set(29 * DAY.total_seconds())
        await _seen_yesterday(practice)
        assert await practice.sweep.round() == 0
        practice.clock.set(DAY.total_seconds())
        assert await practice.sweep.round() == 1
        assert (await _shown(practice)).kept_by is None


async def test_a_changed_rule_of_age_has_its_notice_as_any_other(tmp_path: Path) -> None:
    async with open_practice(tmp_path, retention=UNTIL_25) as practice:
        before = await _in_force(practice.database)
        practice.clock.set(50 * DAY.total_seconds())
        await policy.settle(
            practice.database,
            config.Retention(video_days=90, audio_days=10),
            practice.clock.now(),
        )
        after = await _in_force(practice.database)
        assert (before.since, after.since) == (START, START + 50 * DAY)


@pytest.mark.parametrize(
    ("section", "key"),
    [
        (config.Retention(minor_video_until_age=25), "retention.minor_video_until_age"),
        (
            config.Retention(audio_days=5, minor_audio_until_age=17),
            "retention.minor_audio_until_age",
        ),
    ],
)
def test_a_rule_that_keeps_nothing_longer_stops_the_start(
    section: config.Retention, key: str
) -> None:
    assert [key for key, _ in contradictions(config.Config(retention=section))] == [key]


async def _record_of_patient(practice: Practice) -> None:
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    await record(practice.recordings.archive, session_id, room_id)
    async with practice.database.transaction() as tx:
        await tx.execute(update(Recording).values(started_at=START))


async def _born(practice: Practice, birth_date: date) -> None:
    async with practice.database.transaction() as tx:
        user = await tx.get_one(User, practice.patient.user_id)
        new = Record(name=user.name, birth_date=birth_date)
        assert await patients.put(tx, user, new, now=practice.clock.now()) == ["birth_date"]


async def _shown(practice: Practice) -> Shown:
    [shown] = (await practice.playbacks.list(practice.compliance)).recordings
    detail = await practice.playbacks.detail(practice.compliance, shown.recording_id)
    assert detail.recording == shown
    return shown


async def _expiring(practice: Practice) -> Sequence[str]:
    listed = await practice.playbacks.list(
        practice.compliance, asked=RecordingSearch(state=("expiring",))
    )
    return [found.recording_id for found in listed.recordings]


async def _seen_yesterday(practice: Practice) -> None:
    async with practice.database.transaction() as tx:
        seen = practice.clock.now() - DAY
        await properties.put(tx, properties.RETENTION_SEEN, seen.isoformat())


async def _in_force(database: Database) -> Policy:
    async with database.reading() as tx:
        return await policy.in_force(tx)


def _day(shown: Shown) -> date:
    assert shown.expires_at
    assert shown.expires_at.hour == 12
    return shown.expires_at.date()
