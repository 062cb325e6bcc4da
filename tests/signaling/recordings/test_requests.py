"""Patients ask for something of their recordings, and compliance answers."""

import asyncio
from dataclasses import replace

import pytest

from signaling.kernel.background import Background
from signaling.kernel.errors import DomainError
from signaling.kernel.words import RequestKind
from signaling.recordings.own import OwnRecordings
from signaling.recordings.requests import MOST_OF_A_KIND, RecordingRequests
from tests.signaling.conftest import TELEMEDICINE, Site
from tests.signaling.practice import Practice
from tests.signaling.recordings.recorded import record
from tests.support.stored import all_events


async def recorded(practice: Practice) -> str:
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    people = ("patient", "other_patient")
    return (await record(practice.recordings.archive, session_id, room_id, people)).id


def requests(practice: Practice) -> RecordingRequests:
    return RecordingRequests(practice.database, practice.eraser, Background(), practice.clock)


async def told(practice: Practice) -> list[tuple[str, str | None, dict[str, object]]]:
    return [
        (event.action, event.actor_id, dict(event.detail))
        for event in await all_events(practice.database)
        if event.action.startswith("recording.request")
    ]


async def refused(work: object, code: str) -> None:
    with pytest.raises(DomainError) as error:
        await work  # type: ignore[misc]
    assert error.value.code == code


async def test_a_request_waits_is_answered_and_read_by_who_asked(practice: Practice) -> None:
    recording_id, asking = await recorded(practice), requests(practice)
    asked = await asking.ask(practice.patient, recording_id, "copy")
    assert (asked.kind, asked.patient_name, asked.accepted) == (
        "copy",
        practice.patient.name,
        None,
    )
    assert (await asking.waiting()).requests == [asked]
    await refused(asking.ask(practice.patient, recording_id, "copy"), "request_waits")
    await practice.clock.advance(60)
    answered = await asking.answer(
        practice.compliance, asked.request_id, accepted=False, reason="It shows somebody else"
    )
    assert (answered.accepted, answered.answer) == (False, "It shows somebody else")
    assert answered.answered_by_name == practice.compliance.name
    assert (await asking.waiting()).requests == []
    own = OwnRecordings(practice.database, practice.repeats, practice.clock)
    [seen] = (await own.list(practice.patient)).recordings
    assert seen.requests == [answered]
    answer = {"kind": "copy", "accepted": False, "reason": "It shows somebody else"}
    assert await told(practice) == [
        ("recording.requested", "patient", {"kind": "copy"}),
        ("recording.request_answered", "compliance", answer),
    ]


async def test_a_yes_to_an_erasure_erases_by_the_one_rule_or_is_none(practice: Practice) -> None:
    recording_id, asking = await recorded(practice), requests(practice)
    hold = await practice.holds.place(practice.compliance, recording_id, "An inquiry")
    asked = await asking.ask(practice.patient, recording_id, "erasure")
    yes = {"accepted": True, "reason": "As they wish"}
    answer = asking.answer(practice.compliance, asked.request_id, **yes)  # type: ignore[arg-type]
    await refused(answer, "recording_on_hold")
    assert (await asking.waiting()).requests == [asked], "nothing was answered"
    await practice.holds.release(practice.compliance, recording_id, hold.hold_id, "It is over")
    tries = await asyncio.gather(
        *(
            asking.answer(practice.compliance, asked.request_id, accepted=True, reason=why)
            for why in "ab"
        ),
        return_exceptions=True,
    )
    assert [one.code for one in tries if isinstance(one, DomainError)] == ["request_answered"]
    detail = await practice.playbacks.detail(practice.compliance, recording_id)
    assert detail.erasure
    assert (detail.erasure.basis, detail.erasure.erased_by_name) == (
        "request",
        practice.compliance.name,
    )
    await refused(asking.ask(practice.patient, recording_id, "copy"), "recording_erased")


async def test_nobody_asks_for_what_is_not_theirs_nor_without_end(practice: Practice) -> None:
    recording_id, asking = await recorded(practice), requests(practice)
    kind: RequestKind = "erasure"
    for stranger in (practice.other_patient, replace(practice.patient, user_id="stranger")):
        await refused(asking.ask(stranger, recording_id, kind), "unknown_recording")
    await refused(asking.ask(practice.patient, "none", kind), "unknown_recording")
    for _ in range(MOST_OF_A_KIND):
        asked = await asking.ask(practice.patient, recording_id, kind)
        await asking.answer(
            practice.compliance, asked.request_id, accepted=False, reason="The law keeps it"
        )
    await refused(asking.ask(practice.patient, recording_id, kind), "request_settled")
    answer = asking.answer(practice.compliance, "none", accepted=False, reason="why")
    await refused(answer, "unknown_request")


async def test_requests_are_limited_by_person_and_need_an_answer_in_words(site: Site) -> None:
    url = f"{TELEMEDICINE}/own-recordings/none/requests"
    headers = await site.headers("patient")
    statuses = []
    for _ in range(11):
        async with site.client.post(url, json={"kind": "copy"}, headers=headers) as response:
            statuses.append(response.status)
    assert (statuses[0], statuses[-1]) == (404, 429)
    url = f"{TELEMEDICINE}/recording-requests/none/answer"
    body = {"accepted": False, "reason": " "}
    headers = await site.headers("compliance")
    async with site.client.post(url, json=body, headers=headers) as response:
        assert (await site.problem(response))["code"] == "invalid_body"
