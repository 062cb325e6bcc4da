"""Who is invited to a call that runs: in by their own yes, recorded by their own yes,
out without ending it.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from signaling.calls import (
    answering,
    history,
    joining,
    leaving,
    media,
)
from signaling.calls.messages import (
    CallAccepted,
    CallEnded,
    CallInvitation,
    CallJoined,
    InvitationClosed,
    Participants,
)
from signaling.kernel.actor import Actor, Guest
from signaling.kernel.errors import NotAllowed
from signaling.kernel.journal import Entry
from signaling.kernel.words import Source
from tests.patience import PATIENCE
from tests.signaling.calls.meeting import Meeting
from tests.signaling.manual_clock import START
from tests.signaling.practice import Page, Practice

LATER = START + timedelta(seconds=1)


async def test_somebody_is_invited_accepts_and_is_in_the_call(meeting: Meeting) -> None:
    page = await meeting.somebody("ines")
    await meeting.invite(page)
    invitation = page.last(CallInvitation)
    assert (invitation.side, invitation.provider_name) == ("interpreter", "Name of provider")
    assert meeting.names() == ["provider", "patient", "ines"]
    assert meeting.provider.last(Participants).participants[2].invited
    second = meeting.practice.page(page.actor)
    assert second.last(CallInvitation) == invitation, "a page that opens meanwhile rings, too"
    await answering.accept(
        meeting.practice.calls, page.actor, meeting.room_id, recording_consent=False
    )
    assert second.last(InvitationClosed).reason == "accepted"
    assert page.last(CallAccepted).room_id == meeting.room_id
    joined = await meeting.practice.join(page, meeting.room_id)
    assert [(person.role, person.invited) for person in joined.participants] == [
        ("provider", False),
        ("patient", False),
        ("interpreter", False),
    ]
    assert (joined.slots.audio, joined.slots.video) == (2, 3)
    interpreter = meeting.patient.last(Participants).participants[2]
    assert (interpreter.joined, interpreter.capabilities.screen, interpreter.recording_consent) == (
        True,
        False,
        None,
    )
    assert not meeting.patient.all(CallAccepted)[1:], "the call of the two goes on as it was"
    assert (await meeting.practice.actions(meeting.room_id))[-2:] == [
        "call.participant_invited",
        "call.participant_joined",
    ]
    row = (await meeting.rows())[2]
    assert (row.side, row.invited_by, row.joined_at, row.left_at) == (
        "interpreter",
        "provider",
        LATER,
        None,
    )


async def test_a_page_that_came_for_another_call_does_not_ring(meeting: Meeting) -> None:
    page = await meeting.somebody("kim", "patient")
    page.actor = replace(page.actor, guest=Guest("link", "another appointment", None, False))
    await meeting.invite(page, "relative")
    await meeting.practice.clock.advance(46)
    assert not page.all(CallInvitation)
    [absentee] = meeting.provider.last(Participants).absentees
    assert absentee.reason == "unreached"


async def test_who_hangs_up_is_out_and_the_others_go_on(meeting: Meeting) -> None:
    page = await meeting.comes_in("ines")
    await meeting.practice.clock.advance(50)
    assert await leaving.hang_up(meeting.practice.calls, page.actor, meeting.room_id) == 51
    ended = page.last(CallEnded)
    assert (ended.reason, ended.ended_by, ended.duration_seconds) == ("left", "interpreter", 51)
    assert meeting.names() == ["provider", "patient"]
    assert not meeting.provider.all(CallEnded)
    assert await joining.join(meeting.practice.calls, page, meeting.room_id) == ended, (
        "a page that comes back hears it again"
    )
    assert await leaving.hang_up(meeting.practice.calls, page.actor, meeting.room_id) == 51, (
        "twice is no error"
    )
    await meeting.invite(page)
    await answering.accept(
        meeting.practice.calls, page.actor, meeting.room_id, recording_consent=False
    )
    assert isinstance(await joining.join(meeting.practice.calls, page, meeting.room_id), CallJoined)
    await leaving.hang_up(meeting.practice.calls, meeting.practice.patient, meeting.room_id)
    assert page.last(CallEnded).reason == meeting.provider.last(CallEnded).reason == "hung_up"
    assert [row.left_reason for row in await meeting.rows()] == [
        "call_ended",
        "call_ended",
        "left",
        "call_ended",
    ]
    listed = await history.page(meeting.practice.calls, page.actor, None)
    assert [call.room_id for call in listed.calls] == [meeting.room_id]


async def test_the_history_tells_who_else_was_there_and_why_no_more(meeting: Meeting) -> None:
    practice, calls, clock = meeting.practice, meeting.practice.calls, meeting.practice.clock
    dora = await meeting.somebody("dora")
    await meeting.invite(dora, "supervisor", required=True)
    await answering.decline(calls, dora.actor, meeting.room_id)
    ines = await meeting.comes_in("ines")
    await clock.advance(40)
    await leaving.hang_up(calls, ines.actor, meeting.room_id)
    await clock.advance(1)
    await meeting.comes_in("otto", "observer")
    at = {seconds: START + timedelta(seconds=seconds) for seconds in (1, 41, 42, 50)}
    declined = ("dora", "supervisor", at[1], None, at[1], "declined")
    left = ("ines", "interpreter", at[1], at[1], at[41], "left")
    observes = ("otto", "observer", at[42], at[42], None, None)
    assert await told(practice, practice.provider) == [declined, left, observes], (
        "while it runs, too"
    )
    await clock.advance(8)
    await leaving.hang_up(calls, practice.provider, meeting.room_id)
    stayed = (*observes[:4], at[50], "call_ended")
    for actor in (practice.provider, practice.compliance, practice.admin):
        assert await told(practice, actor) == [declined, left, stayed]
    for actor in (practice.patient, ines.actor):
        assert await told(practice, actor) == [left, stayed], "who declined told the provider alone"
    listed = await history.page(calls, practice.provider, None)
    assert [call.guests for call in listed.calls] == [
        (await history.one(calls, practice.provider, meeting.room_id)).guests
    ]
    first = listed.calls[0].guests[0]
    assert (first.name, first.required) == ("Name of dora", True)


async def test_a_guest_who_left_reads_of_it_however_long_it_takes_to_be_written(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.calls.ledger.CATCH_UP_SECONDS", 10 * PATIENCE)
    ines, stranger = await meeting.comes_in("ines"), await meeting.somebody("otto")
    written = asyncio.Event()

    async def waits(tx: AsyncSession) -> None:
        await written.wait()

    call = meeting.practice.calls.find(meeting.room_id)
    assert call
    call.journal.add(Entry(waits))
    await leaving.hang_up(meeting.practice.calls, ines.actor, meeting.room_id)
    async with asyncio.timeout(PATIENCE):
        assert (await history.page(meeting.practice.calls, stranger.actor)).calls == []
    reading = asyncio.create_task(told(meeting.practice, ines.actor))
    await asyncio.wait({reading}, timeout=0.2)
    assert not reading.done()
    written.set()
    assert [reason for *_, reason in await reading] == ["left"]


async def told(practice: Practice, actor: Actor) -> list[tuple[object, ...]]:
    """Of the guests of the newest call."""
    call = (await history.page(practice.calls, actor, None)).calls[0]
    return [
        (one.user_id, one.side, one.invited_at, one.joined_at, one.left_at, one.left_reason)
        for one in call.guests
    ]


async def test_an_observer_sends_nothing_and_an_interpreter_no_screen(meeting: Meeting) -> None:
    observer = await meeting.comes_in("olga", "observer")
    shown = meeting.provider.last(Participants).participants[2]
    assert (shown.media.microphone, shown.media.camera) == (False, False)
    refused: list[tuple[Page, Source]] = [
        (observer, "microphone"),
        (observer, "camera"),
        (meeting.patient, "screen"),
    ]
    for page, source in refused:
        with pytest.raises(NotAllowed):
            await media.offer(meeting.practice.calls, page, meeting.room_id, "v=0", {"0": source})


async def test_absence_of_who_is_required_ends_a_call_and_of_others_not(meeting: Meeting) -> None:
    practice = meeting.practice
    for page in (meeting.provider, meeting.patient):
        await practice.connect(page, meeting.room_id)
    await meeting.comes_in("ines")
    await practice.clock.advance(61)
    assert not meeting.provider.all(CallEnded), "an interpreter may stay away"
    await meeting.comes_in("otto", "supervisor", required=True)
    await practice.clock.advance(61)
    assert meeting.provider.last(CallEnded).reason == "participant_lost"


async def test_who_is_disabled_is_taken_out_and_the_call_goes_on(meeting: Meeting) -> None:
    page = await meeting.comes_in("ines")
    leaving.expel(meeting.practice.calls, page.actor.user_id)
    assert page.last(CallEnded).reason == "removed"
    assert meeting.names() == ["provider", "patient"]
    assert not meeting.provider.all(CallEnded)


async def test_a_call_that_a_failover_lost_is_written_anew_with_its_guests(
    meeting: Meeting,
) -> None:
    page = await meeting.comes_in("ines")
    async with meeting.practice.database.transaction() as tx:
        for table in ("call_participants", "telemedicine_sessions"):
            await tx.execute(text(f"DELETE FROM {table}"))
    await meeting.remove(page)
    rows = await meeting.rows()
    assert [(row.side, row.joined_at, row.left_reason) for row in rows] == [
        ("provider", START, None),
        ("patient", START, None),
        ("interpreter", LATER, "removed"),
    ]
