"""How long recordings are kept: by kind of call, with notice, and never what is on hold."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from signaling import config
from signaling.kernel.leaps import LEAP
from signaling.recordings import policy
from signaling.recordings.library import RecordingSearch
from signaling.recordings.policy import Expiry, Policy
from signaling.recordings.retention import sweep
from storage.models import AuditRow, Recording, TelemedicineSession
from storage.recordings.expiry import Before, Over
from storage.rows import properties
from storage.words import ErasureBasis
from tests.signaling.manual_clock import START
from tests.signaling.practice import Practice, open_practice
from tests.signaling.recordings.recorded import record

DAY = timedelta(days=1)
SIXTY = config.Retention(video_days=60, audio_days=10)


async def recorded(practice: Practice, *, days_ago: int = 0, audio_only: bool = False) -> str:
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    opened = await record(practice.recordings.archive, session_id, room_id)
    async with practice.database.transaction() as tx:
        await tx.execute(update(Recording).values(started_at=START - days_ago * DAY))
        for table in (TelemedicineSession, Recording):
            await tx.execute(update(table).values(audio_only=audio_only))
    return opened.id


async def expiring(practice: Practice) -> Sequence[str]:
    listed = await practice.playbacks.list(
        practice.compliance, asked=RecordingSearch(state=("expiring",))
    )
    return [found.recording_id for found in listed.recordings]


async def later(practice: Practice, days: int) -> None:
    """A server has looked at its clock meanwhile."""
    practice.clock.set(days * DAY.total_seconds())
    async with practice.database.transaction() as tx:
        seen = practice.clock.now() - DAY
        await properties.put(tx, properties.RETENTION_SEEN, seen.isoformat())


async def in_force(practice: Practice) -> Policy:
    async with practice.database.reading() as tx:
        return await policy.in_force(tx)


def test_a_recording_is_kept_by_its_kind_and_no_shorter_than_the_notice() -> None:
    policy = Policy(video_days=60, audio_days=0, since=START, notice_days=30)
    assert policy.expiry(START, audio_only=False) == Expiry(START + 60 * DAY, "type")
    assert policy.expiry(START, audio_only=True) is None
    assert policy.expiry(START - 400 * DAY, audio_only=False) == Expiry(START + 30 * DAY, "type")
    assert policy.over(START + 29 * DAY) is None
    assert policy.over(START + 90 * DAY) == Before(video=Over(START + 30 * DAY), audio=None)


async def test_what_expires_is_listed_for_a_month_and_then_erased(tmp_path: Path) -> None:
    async with open_practice(tmp_path, retention=SIXTY) as practice:
        recording_id = await recorded(practice)
        await later(practice, 29)
        assert (await expiring(practice), await practice.sweep.round()) == ([], 0)
        await later(practice, 1)
        assert await expiring(practice) == [recording_id]
        [listed] = (await practice.playbacks.list(practice.compliance)).recordings
        assert listed.expires_at == START + 60 * DAY
        assert await practice.sweep.round() == 0
        await later(practice, 30)
        assert await practice.sweep.round() == 1
        detail = await practice.playbacks.detail(practice.compliance, recording_id)
        assert detail.erasure
        assert (detail.erasure.basis, detail.erasure.erased_by_name) == ("retention", None)
        assert detail.erasure.files_deleted_at is not None
        assert detail.recording.expires_at is None
        assert await practice.sweep.round() == 0


async def test_what_is_on_hold_does_not_expire(tmp_path: Path) -> None:
    async with open_practice(tmp_path, retention=SIXTY) as practice:
        of = practice.compliance, await recorded(practice)
        hold = await practice.holds.place(*of, "A complaint")
        await later(practice, 400)
        assert (await expiring(practice), await practice.sweep.round()) == ([], 0)
        await practice.holds.release(*of, hold.hold_id, "It is over")
        assert await practice.sweep.round() == 1


@pytest.mark.parametrize(("audio_only", "erased"), [(True, 1), (False, 0)])
async def test_calls_of_voice_alone_have_a_time_of_their_own(
    tmp_path: Path, audio_only: bool, erased: int
) -> None:
    async with open_practice(tmp_path, retention=SIXTY) as practice:
        await recorded(practice, days_ago=5, audio_only=audio_only)
        await later(practice, 30)
        assert await practice.sweep.round() == erased


async def test_by_default_everything_is_kept(practice: Practice) -> None:
    await recorded(practice, days_ago=4000)
    await later(practice, 4000)
    assert (await expiring(practice), await practice.sweep.round()) == ([], 0)
    assert (await practice.playbacks.list(practice.compliance)).recordings[0].expires_at is None


async def test_a_new_policy_erases_nothing_before_its_notice_is_over(tmp_path: Path) -> None:
    async with open_practice(tmp_path) as practice:
        recording_id = await recorded(practice, days_ago=4000)
        assert await changes(practice) == []
    for _ in range(2):  # the second start changes nothing
        async with open_practice(tmp_path, retention=SIXTY) as practice:
            assert await expiring(practice) == [recording_id], "it can be seen at once"
            await later(practice, 29)
            assert await practice.sweep.round() == 0
            [changed] = await changes(practice)
            assert json.loads(changed) == {
                "video_days": 60,
                "audio_days": 10,
                "minor_video_until_age": 0,
                "minor_audio_until_age": 0,
                "age_of_majority": 18,
                "notice_days": 30,
            }
    async with open_practice(tmp_path, retention=SIXTY) as practice:
        await later(practice, 30)
        assert await practice.sweep.round() == 1


async def test_a_policy_that_is_taken_back_and_given_again_has_its_notice_again(
    tmp_path: Path,
) -> None:
    async with open_practice(tmp_path, retention=SIXTY):
        pass
    async with open_practice(tmp_path) as practice:
        await recorded(practice, days_ago=4000)
        assert (await in_force(practice)).keeps_for_ever
        assert len(await changes(practice)) == 2
    async with open_practice(tmp_path, retention=SIXTY) as practice:
        assert (await in_force(practice)).since == START
        assert await practice.sweep.round() == 0


async def test_a_clock_that_leaps_erases_nothing_before_its_notice_is_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_practice(tmp_path, retention=SIXTY) as practice:
        recording_id = await recorded(practice)
        assert await practice.sweep.round() == 0
        practice.clock.set(3650 * DAY.total_seconds())
        assert await practice.sweep.round() == 0
        assert "nothing expires for 30 days; is it right?" in caplog.text
        assert (await in_force(practice)).since == START + 3650 * DAY
        assert '"clock_seen_last":"2026-03-02T09:00:00+00:00"' in (await changes(practice))[-1]
        assert await expiring(practice) == [recording_id], "it can be seen, and put on hold"
        await later(practice, 29)
        assert await practice.sweep.round() == 0
        practice.clock.set(-3679 * DAY.total_seconds())  # it is put right
        assert await practice.sweep.round() == 0
        assert ((await in_force(practice)).since, len(await changes(practice))) == (START, 3)
        await later(practice, 60)
        assert await practice.sweep.round() == 1


async def test_one_that_cannot_be_erased_holds_up_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sweep, "BATCH", 1)
    async with open_practice(tmp_path, retention=SIXTY) as practice:
        room_id = await practice.ring(recording=True)
        session_id = (await practice.log(room_id))[0].session_id or ""
        first, second = [
            (await record(practice.recordings.archive, session_id, room_id)).id for _ in range(2)
        ]
        erase = practice.eraser.erase

        async def fails(tx: AsyncSession, recording: Recording, basis: ErasureBasis) -> None:
            if recording.id == min(first, second):  # they began at once
                raise KeyError
            await erase(tx, recording, basis)

        monkeypatch.setattr(practice.eraser, "erase", fails)
        await later(practice, 60)
        assert await practice.sweep.round() == 1
        assert f"recording {min(first, second)} has expired, and cannot be erased" in caplog.text
        monkeypatch.undo()
        assert await practice.sweep.round() == 1


async def test_a_server_that_was_off_for_some_days_erases_as_usual(tmp_path: Path) -> None:
    async with open_practice(tmp_path, retention=SIXTY) as practice:
        await recorded(practice)
        await later(practice, 58)
        assert await practice.sweep.round() == 0
        practice.clock.set(LEAP.total_seconds())
        assert await practice.sweep.round() == 1


async def test_a_server_erases_by_the_policy_of_the_one_that_started_last(tmp_path: Path) -> None:
    async with open_practice(tmp_path, retention=SIXTY) as practice:
        recording_id = await recorded(practice)
        longer = config.Retention(video_days=90)
        await policy.settle(practice.database, longer, practice.clock.now())
        await later(practice, 61)
        assert await practice.sweep.round() == 0
        assert await expiring(practice) == [recording_id]
        [listed] = (await practice.playbacks.list(practice.compliance)).recordings
        assert listed.expires_at == START + 90 * DAY
        await later(practice, 29)
        assert await practice.sweep.round() == 1


async def changes(practice: Practice) -> Sequence[str]:
    changed = AuditRow.action == "recording.retention_changed"
    async with practice.database.reading() as tx:
        found = await tx.scalars(select(AuditRow.detail).where(changed).order_by(AuditRow.id))
        return list(found)
