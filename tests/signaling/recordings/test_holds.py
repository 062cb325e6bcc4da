"""Legal holds: placed and released by compliance, with a reason, and all of it in the log."""

import asyncio

import pytest

from signaling.http.problem import status
from signaling.kernel.errors import DomainError
from signaling.recordings.library import RecordingSearch
from storage import audit
from storage.audit import AuditEvent
from tests.signaling.conftest import TELEMEDICINE, Site
from tests.signaling.practice import Practice
from tests.signaling.recordings.recorded import record

ON_HOLD = RecordingSearch(state=("on_hold",))


async def recorded(practice: Practice) -> str:
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    return (await record(practice.recordings.archive, session_id, room_id)).id


async def told(practice: Practice, recording_id: str) -> list[AuditEvent]:
    async with practice.database.reading() as tx:
        entries = await audit.for_recording(tx, recording_id)
    return [entry.event for entry in entries if ".hold_" in entry.event.action]


async def test_holds_are_placed_listed_and_released_with_their_reasons(practice: Practice) -> None:
    recording_id, compliance = await recorded(practice), practice.compliance
    assert (await practice.playbacks.list(compliance, asked=ON_HOLD)).recordings == []
    first = await practice.holds.place(compliance, recording_id, "A complaint")
    await practice.clock.advance(1)
    second = await practice.holds.place(compliance, recording_id, "A court order")
    [listed] = (await practice.playbacks.list(compliance, asked=ON_HOLD)).recordings
    assert (listed.recording_id, listed.on_hold) == (recording_id, True)
    released = await practice.holds.release(
        compliance, recording_id, first.hold_id, "It was withdrawn"
    )
    assert (released.reason, released.release_reason) == ("A complaint", "It was withdrawn")
    assert released.released_by_name == compliance.name
    detail = await practice.playbacks.detail(compliance, recording_id)
    assert detail.recording.on_hold, "the other one holds"
    assert detail.holds == [released, second]
    await practice.holds.release(compliance, recording_id, second.hold_id, "The case is closed")
    assert not (await practice.playbacks.list(compliance)).recordings[0].on_hold
    assert [
        (event.action, event.actor_id, event.detail) for event in await told(practice, recording_id)
    ] == [
        (f"recording.hold_{what}", "compliance", {"hold_id": hold.hold_id, "reason": reason})
        for what, hold, reason in (
            ("placed", first, "A complaint"),
            ("placed", second, "A court order"),
            ("released", first, "It was withdrawn"),
            ("released", second, "The case is closed"),
        )
    ]


async def test_a_hold_is_released_once_and_only_on_its_own_recording(practice: Practice) -> None:
    recording_id, compliance = await recorded(practice), practice.compliance
    hold = await practice.holds.place(compliance, recording_id, "A complaint")
    for wrong, code in (
        ((recording_id, "another"), "unknown_hold"),
        (("another", hold.hold_id), "unknown_recording"),
        (("\x00", hold.hold_id), "unknown_recording"),
    ):
        with pytest.raises(DomainError) as refused:
            await practice.holds.release(compliance, *wrong, "why")
        assert (status(refused.value), refused.value.code) == (404, code)
    tried = await asyncio.gather(
        *(practice.holds.release(compliance, recording_id, hold.hold_id, why) for why in "ab"),
        return_exceptions=True,
    )
    [refusal] = [one for one in tried if isinstance(one, DomainError)]
    assert refusal.code == "hold_released"
    assert len(await told(practice, recording_id)) == 2


async def test_whoever_is_not_of_compliance_is_refused_and_that_is_written_down(
    practice: Practice,
) -> None:
    recording_id = await recorded(practice)
    for actor in (practice.provider, practice.admin):
        with pytest.raises(DomainError) as refused:
            await practice.holds.place(actor, recording_id, "why")
        assert refused.value.code == "forbidden"
    async with practice.database.reading() as tx:
        entries = await audit.for_recording(tx, recording_id)
    denied = [entry.event for entry in entries if entry.event.action == "recording.denied"]
    assert [(event.actor_id, event.detail) for event in denied] == [
        (who, {"action": "recording.hold"}) for who in ("provider", "admin")
    ]


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "  "}, {"reason": "a\nb"}])
async def test_a_hold_needs_a_reason(site: Site, body: dict[str, str]) -> None:
    url = f"{TELEMEDICINE}/recordings/none/holds"
    headers = await site.headers("compliance")
    async with site.client.post(url, json=body, headers=headers) as response:
        problem = await site.problem(response)
    assert (problem["status"], problem["code"]) == (422, "invalid_body")
    assert "reason" in problem["detail"]
