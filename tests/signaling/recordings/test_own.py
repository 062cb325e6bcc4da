"""What patients see of the recordings of their calls, and nobody else."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from signaling import config
from signaling.recordings.own import OwnRecordings
from signaling.recordings.resources import OwnRecording
from storage import audit
from storage.audit import AuditEvent
from tests.signaling.practice import Practice, open_practice
from tests.signaling.recordings.recorded import WHY, record
from tests.support.stored import all_events


async def recorded(practice: Practice) -> str:
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    people = ("patient", "provider", "other_patient")  # who was a guest
    return (await record(practice.recordings.archive, session_id, room_id, people)).id


def own(practice: Practice) -> OwnRecordings:
    return OwnRecordings(practice.database, practice.repeats, practice.clock)


async def seen(practice: Practice) -> OwnRecording:
    [found] = (await own(practice).list(practice.patient)).recordings
    return found


async def test_a_patient_sees_what_there_is_of_them_and_who_has_opened_it(
    practice: Practice,
) -> None:
    recording_id = await recorded(practice)
    assert (await seen(practice)).accesses == []
    await practice.playbacks.detail(practice.compliance, recording_id)
    await practice.clock.advance(1)
    await practice.playbacks.open(practice.compliance, recording_id, WHY)
    found = await seen(practice)
    assert (found.recording_id, found.state, found.duration_ms) == (recording_id, "complete", 2000)
    assert found.provider_name == practice.provider.name
    assert found.guest_names == [practice.other_patient.name]
    assert (found.expires_at, found.erased_at) == (None, None)
    assert [(one.action, one.actor_name, one.actor_role) for one in found.accesses] == [
        ("recording.played", practice.compliance.name, "compliance"),
        ("recording.viewed", practice.compliance.name, "compliance"),
    ]


async def test_reasons_are_told_in_the_words_of_who_gave_them(practice: Practice) -> None:
    recording_id = await recorded(practice)
    event = AuditEvent(
        "recording.exported",
        practice.clock.now(),
        recording_id=recording_id,
        detail={"reason": "A court order", "account": "root"},
    )
    async with practice.database.transaction() as tx:
        await audit.append(tx, event)
    [access] = (await seen(practice)).accesses
    assert (access.actor_name, access.reason) == (None, "A court order")


async def test_nobody_sees_recordings_of_calls_whose_patient_they_were_not(
    practice: Practice,
) -> None:
    await recorded(practice)
    assert (await own(practice).list(practice.other_patient)).recordings == [], "a guest"
    stranger = replace(practice.patient, user_id="stranger")
    assert (await own(practice).list(stranger)).recordings == []


async def test_what_was_erased_stays_and_a_hold_is_not_told(practice: Practice) -> None:
    recording_id, compliance = await recorded(practice), practice.compliance
    hold = await practice.holds.place(compliance, recording_id, "An inquiry")
    assert "hold" not in repr(await seen(practice))
    assert "inquiry" not in repr(await seen(practice))
    await practice.holds.release(compliance, recording_id, hold.hold_id, "It is over")
    await practice.erasures.request(compliance, recording_id, "They asked for it")
    found = await seen(practice)
    assert (found.state, found.erased_at) == ("erased", practice.clock.now())


async def test_looking_is_in_the_log_once_a_minute(practice: Practice) -> None:
    await recorded(practice)
    for _ in range(3):
        await seen(practice)
    listed = [e for e in await all_events(practice.database) if e.action == "recording.listed"]
    assert [(event.actor_id, event.detail) for event in listed] == [
        ("patient", {"own": True, "rows": 1})
    ]


async def test_a_time_of_erasure_is_told_as_long_as_it_is_to_come(tmp_path: Path) -> None:
    retention = config.Retention(video_days=60, notice_days=30)
    async with open_practice(tmp_path, retention=retention) as practice:
        await recorded(practice)
        began = practice.clock.now()
        assert (await seen(practice)).expires_at == began + timedelta(days=60)
        practice.clock.set(timedelta(days=61).total_seconds())
        assert (await seen(practice)).expires_at is None
