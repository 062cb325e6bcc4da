"""Who is invited to a call that runs: in by their own yes, recorded by their own yes,
out without ending it.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from signaling.calls import (
    answering,
    consenting,
    emergencies,
    history,
    inviting,
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
from signaling.kernel.actor import Actor
from signaling.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from signaling.kernel.journal import Entry
from signaling.kernel.words import Role, Side, Source
from storage import consents, telemedicine_sessions, users
from storage.models import CallParticipant
from tests.patience import PATIENCE, until
from tests.signaling.manual_clock import START
from tests.signaling.practice import Page, Practice, all_written, open_practice
from tests.support.platform import ISSUER
from tests.support.stored import participants_of_call

LATER = START + timedelta(seconds=1)


@dataclass
class Meeting:
    """A call of two that runs, and people around it."""

    practice: Practice
    room_id: str
    provider: Page
    patient: Page
    guests: dict[str, Page] = field(default_factory=dict)

    async def somebody(self, name: str, role: Role = "provider") -> Page:
        """A page of somebody else."""
        async with self.practice.database.transaction() as tx:
            await users.ensure(tx, ISSUER, name, role=role, name=f"Name of {name}", now=START)
        self.guests[name] = page = self.practice.page(
            Actor(name, f"Name of {name}", role, "192.0.2.9", "Test/1")
        )
        return page

    async def invite(
        self, page: Page, side: Side = "interpreter", *, required: bool = False
    ) -> None:
        calls, provider = self.practice.calls, self.practice.provider
        await inviting.invite(
            calls, provider, self.room_id, page.actor.user_id, side, required=required
        )

    async def comes_in(
        self,
        name: str,
        side: Side = "interpreter",
        *,
        consent: bool = False,
        required: bool = False,
    ) -> Page:
        page = await self.somebody(name, "patient" if side == "relative" else "provider")
        await self.invite(page, side, required=required)
        await answering.accept(
            self.practice.calls, page.actor, self.room_id, recording_consent=consent
        )
        await self.practice.join(page, self.room_id)
        return page

    async def remove(self, page: Page) -> None:
        await leaving.remove(
            self.practice.calls, self.practice.provider, self.room_id, page.actor.user_id
        )

    def names(self) -> list[str]:
        """As the provider's page shows them."""
        return [person.user_id for person in self.provider.last(Participants).participants]

    async def rows(self) -> list[CallParticipant]:
        await self.practice.row(self.room_id)
        async with self.practice.database.reading() as tx:
            found = await telemedicine_sessions.by_room(tx, self.room_id)
            assert found
            return [*await participants_of_call(tx, found.session.id)]


@pytest.fixture
async def meeting(tmp_path: Path) -> AsyncIterator[Meeting]:
    async with open_practice(tmp_path) as practice:
        meeting = Meeting(practice, *await practice.running())
        await practice.clock.advance(1)
        yield meeting


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


async def test_nothing_is_recorded_while_somebody_is_there_who_has_not_agreed(
    tmp_path: Path,
) -> None:
    async with open_practice(tmp_path) as practice:
        meeting = Meeting(practice, *await practice.running(recording=True, consent=True))
        for page in (meeting.provider, meeting.patient):
            await practice.connect(page, meeting.room_id)
        await until(lambda: meeting.provider.recording_states()[-1:] == ["recording"])
        guest = await meeting.comes_in("ines", consent=False)
        await until(lambda: meeting.provider.recording_states()[-1] == "stopped")
        assert meeting.patient.last(Participants).participants[2].recording_consent is False
        await consenting.decide(practice.calls, guest, meeting.room_id, given=True)
        await practice.clock.advance(2)
        await until(lambda: meeting.provider.recording_states()[-1] == "recording")
        await consenting.decide(practice.calls, guest, meeting.room_id, given=False)
        assert meeting.provider.recording_states()[-1] == "stopped"
        await meeting.remove(guest)
        await until(lambda: meeting.provider.recording_states()[-1] == "recording")
        await practice.row(meeting.room_id)  # which waits for what is being written
        async with practice.database.reading() as tx:
            found = await telemedicine_sessions.by_room(tx, meeting.room_id)
            assert found
            assert found.session.recording_consent_given is True, "the patient's own"
            said = [
                (named.consent.role, named.consent.decision)
                for named in await consents.for_session(tx, found.session.id)
            ]
        assert said == [
            ("provider", "given"),
            ("patient", "given"),
            ("interpreter", "declined"),
            ("interpreter", "given"),
            ("interpreter", "withdrawn"),
        ]


async def test_each_page_is_told_the_decision_of_its_own_person(tmp_path: Path) -> None:
    async with open_practice(tmp_path) as practice:
        meeting = Meeting(practice, *await practice.running(recording=True, consent=True))
        guest = await meeting.comes_in("ines", consent=False)
        assert guest.last(CallAccepted).recording_consent is False
        assert (await practice.join(guest, meeting.room_id)).recording_consent is False
        observer = await meeting.comes_in("olga", "observer", consent=True)
        assert (await practice.join(observer, meeting.room_id)).recording_consent is None
        await consenting.decide(practice.calls, guest, meeting.room_id, given=True)
        await consenting.decide(practice.calls, meeting.patient, meeting.room_id, given=False)
        said = {
            person.user_id: person.recording_consent
            for person in guest.last(Participants).participants
        }
        assert said == {"provider": True, "patient": False, "ines": True, "olga": None}, (
            "everybody hears each change"
        )
        assert (await practice.join(guest, meeting.room_id)).recording_consent is True
        # To the provider it is the patient's, as in any call of two.
        for page in (meeting.patient, meeting.provider):
            assert (await practice.join(page, meeting.room_id)).recording_consent is False


async def test_an_observer_is_not_asked_and_stops_no_recording(tmp_path: Path) -> None:
    async with open_practice(tmp_path) as practice:
        meeting = Meeting(practice, *await practice.running(recording=True, consent=True))
        for page in (meeting.provider, meeting.patient):
            await practice.connect(page, meeting.room_id)
        await until(lambda: meeting.provider.recording_states()[-1:] == ["recording"])
        observer = await meeting.comes_in("olga", "observer", consent=False)
        with pytest.raises(Conflict, match="recording_not_enabled"):
            await consenting.decide(practice.calls, observer, meeting.room_id, given=True)
        await all_written(practice.calls)
        assert meeting.provider.recording_states()[-1] == "recording"
