"""Whom a provider asks into a call that runs, who may not be asked, and what becomes of it."""

from datetime import date

import pytest

from signaling.calls import (
    answering,
    emergencies,
    inviting,
    leaving,
)
from signaling.calls.messages import (
    CallEnded,
    InvitationClosed,
    Participants,
)
from signaling.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from signaling.kernel.words import Side
from storage.people import patients, users
from tests.signaling.calls.meeting import Meeting


async def test_who_declines_or_does_not_answer_is_not_waited_for(meeting: Meeting) -> None:
    page = await meeting.somebody("ines")
    await meeting.invite(page)
    await answering.decline(meeting.practice.calls, page.actor, meeting.room_id)
    assert page.last(InvitationClosed).reason == "declined"
    assert meeting.names() == ["provider", "patient"]
    await meeting.practice.clock.advance(1)
    await meeting.invite(page)
    await meeting.practice.clock.advance(45)
    assert page.last(InvitationClosed).reason == "missed"
    assert meeting.names() == ["provider", "patient"]
    assert not meeting.provider.all(CallEnded)
    assert [row.left_reason for row in (await meeting.rows())[2:]] == ["declined", "missed"]
    assert (await meeting.practice.row(meeting.room_id)).call_status == "active"


async def test_the_provider_is_told_why_whoever_was_invited_is_not_there(meeting: Meeting) -> None:
    practice, calls = meeting.practice, meeting.practice.calls
    declining, deaf, unwanted = [await meeting.somebody(name) for name in ("dora", "dan", "uma")]
    away = await meeting.somebody("abel")
    practice.leave(away)
    late = await meeting.somebody("lena")
    practice.leave(late)
    for page in (declining, deaf, unwanted):
        await meeting.invite(page, "supervisor")
    await answering.decline(calls, declining.actor, meeting.room_id)
    await meeting.remove(unwanted)
    await meeting.invite(away)
    await meeting.invite(late)
    await practice.clock.advance(1)
    practice.page(late.actor)  # the last moment is enough to see it ring
    await practice.clock.advance(44)
    told = [
        ("dora", "supervisor", "declined"),
        ("uma", "supervisor", "cancelled"),
        ("dan", "supervisor", "missed"),
        ("abel", "interpreter", "unreached"),
        ("lena", "interpreter", "missed"),
    ]
    absentees = meeting.provider.last(Participants).absentees
    assert [(one.user_id, one.role, one.reason) for one in absentees] == told
    assert absentees[0].name == "Name of dora"
    assert (await practice.join(meeting.provider, meeting.room_id)).absentees == absentees, (
        "also after a reload"
    )
    assert meeting.patient.last(Participants).absentees == [], "it is the provider who asked them"
    reasons = {row.user_id: row.left_reason for row in await meeting.rows()}
    assert (reasons["abel"], reasons["uma"]) == ("missed", "removed")
    await meeting.invite(declining)
    assert "dora" not in [one.user_id for one in meeting.provider.last(Participants).absentees]


async def test_the_provider_takes_somebody_out_or_an_invitation_back(meeting: Meeting) -> None:
    page = await meeting.comes_in("ines")
    await meeting.remove(page)
    assert (page.last(CallEnded).reason, page.last(CallEnded).ended_by) == ("removed", "provider")
    assert meeting.names() == ["provider", "patient"]
    other = await meeting.somebody("otto")
    await meeting.invite(other)
    await meeting.remove(other)
    assert other.last(InvitationClosed).reason == "cancelled"
    for page in (meeting.provider, meeting.patient):
        with pytest.raises(NotAllowed):
            await meeting.remove(page)
    with pytest.raises(NotFound, match="unknown_participant"):
        await meeting.remove(other)
    assert (await meeting.practice.actions(meeting.room_id)).count("call.participant_removed") == 2


async def test_only_the_provider_invites_and_removes(meeting: Meeting) -> None:
    page = await meeting.comes_in("ines")
    calls = meeting.practice.calls
    for actor in (meeting.practice.patient, page.actor):
        with pytest.raises(NotAllowed):
            await inviting.invite(
                calls, actor, meeting.room_id, "other_provider", "observer", required=False
            )
        with pytest.raises(NotAllowed):
            await leaving.remove(calls, actor, meeting.room_id, "ines")
        with pytest.raises(NotAllowed):
            await inviting.invitable(calls, actor, meeting.room_id)
    with pytest.raises(NotFound, match="unknown_room"):
        await inviting.invite(
            calls,
            meeting.practice.other_provider,
            meeting.room_id,
            "ines",
            "observer",
            required=False,
        )


@pytest.mark.parametrize(
    ("user_id", "side", "error"),
    [
        ("nobody", "observer", NotFound("unknown_person")),
        ("compliance", "observer", NotFound("unknown_person")),
        ("provider", "observer", NotFound("unknown_person")),
        ("patient", "relative", Conflict("participant_busy")),
        ("other_patient", "interpreter", Invalid("side_not_possible")),
        ("other_provider", "relative", Invalid("side_not_possible")),
        ("other_provider", "provider", Invalid("side_not_possible")),
    ],
)
async def test_who_cannot_be_invited(
    meeting: Meeting, user_id: str, side: Side, error: DomainError
) -> None:
    with pytest.raises(type(error), match=error.code):
        await inviting.invite(
            meeting.practice.calls,
            meeting.practice.provider,
            meeting.room_id,
            user_id,
            side,
            required=False,
        )
    assert meeting.names() == ["provider", "patient"]


async def test_who_is_in_a_call_is_called_by_nobody(meeting: Meeting) -> None:
    practice = meeting.practice
    relative = await meeting.comes_in("rosa", "relative")
    with pytest.raises(Conflict, match="patient_busy"):
        await inviting.initiate(practice.calls, practice.other_provider, relative.actor.user_id)
    interpreter = await meeting.somebody("ines")
    await meeting.invite(interpreter)
    with pytest.raises(Conflict, match="provider_busy"):
        await inviting.initiate(practice.calls, interpreter.actor, "other_patient")
    told = await inviting.invitable(practice.calls, practice.provider, meeting.room_id)
    assert {person.user_id: person.sides for person in told} == {
        "other_patient": ["relative"],
        "other_provider": ["interpreter", "supervisor", "observer"],
    }


async def test_who_can_be_invited_is_told_apart(meeting: Meeting) -> None:
    practice = meeting.practice
    async with practice.database.transaction() as tx:
        user = await users.by_id(tx, "other_patient")
        assert user
        record = patients.Record(user.name, birth_date=date(2008, 2, 29), email="sam@example.org")
        await patients.put(tx, user, record, now=practice.clock.now())
    told = await inviting.invitable(practice.calls, practice.provider, meeting.room_id)
    assert {person.user_id: (person.birth_date, person.email) for person in told} == {
        "other_patient": (date(2008, 2, 29), "sam@example.org"),
        "other_provider": (None, None),
    }


async def test_six_are_a_full_call_and_all_hear_its_end(meeting: Meeting) -> None:
    sides: list[Side] = ["interpreter", "relative", "supervisor", "observer"]
    pages = [await meeting.comes_in(side, side) for side in sides]
    seventh = await meeting.somebody("seventh")
    with pytest.raises(Conflict, match="call_full"):
        await meeting.invite(seventh)
    assert meeting.names() == ["provider", "patient", *sides]
    joined = await meeting.practice.join(pages[0], meeting.room_id)
    assert (joined.slots.audio, joined.slots.video) == (5, 6)
    await emergencies.alert(meeting.practice.calls, pages[0].actor, meeting.room_id)
    await leaving.hang_up(meeting.practice.calls, meeting.practice.provider, meeting.room_id)
    for page in (*pages, meeting.patient):
        assert (page.last(CallEnded).reason, page.last(CallEnded).ended_by) == (
            "hung_up",
            "provider",
        )
    assert {row.left_reason for row in await meeting.rows()} == {"call_ended"}
