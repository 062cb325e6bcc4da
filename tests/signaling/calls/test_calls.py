"""What people do in calls: invitation, answer, end, emergency, and who may."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

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
    CallDeclined,
    CallEmergency,
    CallEnded,
    CallInvitation,
    InvitationClosed,
)
from signaling.http.problem import of_error, status
from signaling.kernel.actor import Actor
from signaling.kernel.errors import DomainError
from signaling.kernel.words import Role
from storage.calls import consents, telemedicine_sessions
from storage.errors import InvalidCursor
from storage.people import users
from tests.signaling.manual_clock import START
from tests.signaling.practice import Page, Practice, all_written, open_practice
from tests.support.platform import ISSUER


async def refused(doing: Awaitable[object]) -> tuple[int, str]:
    with pytest.raises(DomainError) as problem:
        await doing
    return status(problem.value), problem.value.code


async def test_an_invitation_rings_wherever_the_patient_is_signed_in(practice: Practice) -> None:
    phone, desk = practice.page(practice.patient), practice.page(practice.patient)
    stranger = practice.page(practice.other_patient)
    room_id = await practice.ring(recording=True)
    late = practice.page(practice.patient)
    for page in (phone, desk, late):
        invitation = page.last(CallInvitation)
        assert (invitation.room_id, invitation.recording_enabled) == (room_id, True)
        assert invitation.provider_name == practice.provider.name
        assert invitation.expires_at == practice.clock.now() + timedelta(seconds=45)
    assert stranger.sent == []


async def test_accepting_stops_the_ringing_everywhere_and_tells_the_provider(
    practice: Practice,
) -> None:
    provider = practice.page(practice.provider)
    phone, desk = practice.page(practice.patient), practice.page(practice.patient)
    room_id = await practice.ring()
    await answering.accept(practice.calls, practice.patient, room_id, recording_consent=False)
    assert provider.last(CallAccepted).room_id == room_id
    assert phone.last(InvitationClosed).reason == desk.last(InvitationClosed).reason == "accepted"
    call = await practice.row(room_id)
    assert (call.call_status, call.started_at) == ("active", practice.clock.now())


async def test_only_the_first_of_two_answers_counts(practice: Practice) -> None:
    room_id = await practice.ring()
    answers = await asyncio.gather(
        *(
            answering.accept(practice.calls, practice.patient, room_id, recording_consent=False)
            for _ in range(3)
        ),
        return_exceptions=True,
    )
    codes = [answer.code for answer in answers if isinstance(answer, DomainError)]
    assert codes == ["already_accepted", "already_accepted"]
    assert (await practice.actions(room_id)).count("call.accepted") == 1


async def test_declining_is_told_to_the_provider_only_and_written_down(practice: Practice) -> None:
    provider, patient = practice.page(practice.provider), practice.page(practice.patient)
    room_id = await practice.ring()
    await answering.decline(practice.calls, practice.patient, room_id)
    assert provider.last(CallDeclined).room_id == room_id
    assert provider.last(CallEnded).reason == "declined"
    assert patient.last(InvitationClosed).reason == "declined"
    assert not patient.all(CallEnded)
    assert (await practice.row(room_id)).call_status == "declined"
    assert await practice.actions(room_id) == ["call.initiated", "call.declined"]


async def test_nobody_answers(practice: Practice) -> None:
    provider, patient = practice.page(practice.provider), practice.page(practice.patient)
    room_id = await practice.ring()
    await practice.clock.advance(44)
    assert not provider.all(CallEnded)
    await practice.clock.advance(1)
    await all_written(practice.calls)
    assert provider.last(CallEnded).reason == "missed"
    assert patient.last(InvitationClosed).reason == "missed"
    assert (await practice.row(room_id)).call_status == "missed"


async def test_who_calls_is_told_until_when_it_rings_by_the_clock_of_that_message(
    practice: Practice,
) -> None:
    provider, patient = practice.page(practice.provider), practice.page(practice.patient)
    room_id = await practice.ring()
    await practice.clock.advance(20)
    practice.clock.set(3600)
    joined = await practice.join(provider, room_id)
    assert joined.invitation_expires_at
    assert joined.invitation_expires_at - joined.server_time == timedelta(seconds=25)
    await answering.accept(practice.calls, practice.patient, room_id, recording_consent=False)
    assert (await practice.join(patient, room_id)).invitation_expires_at is None


async def test_the_provider_withdraws(practice: Practice) -> None:
    patient = practice.page(practice.patient)
    room_id = await practice.ring()
    assert await leaving.hang_up(practice.calls, practice.provider, room_id) == 0
    assert patient.last(InvitationClosed).reason == "cancelled"
    assert (await practice.row(room_id)).end_reason == "cancelled"


async def test_both_hang_up_at_once_and_hear_the_same_duration(practice: Practice) -> None:
    room_id, provider, patient = await practice.meeting()
    await practice.clock.advance(61)
    seconds = tuple(
        await asyncio.gather(
            leaving.hang_up(practice.calls, practice.provider, room_id),
            leaving.hang_up(practice.calls, practice.patient, room_id),
        )
    )
    assert seconds == (61, 61)
    assert await leaving.hang_up(practice.calls, practice.patient, room_id) == 61
    for page in (provider, patient):
        [ended] = page.all(CallEnded)
        assert (ended.reason, ended.duration_seconds, ended.duration_minutes) == ("hung_up", 61, 1)
    call = await practice.row(room_id)
    assert (call.call_status, call.duration_seconds, call.duration_minutes) == ("ended", 61, 1)
    assert await practice.actions(room_id) == ["call.initiated", "call.accepted", "call.ended"]


@pytest.mark.parametrize("step", [3600.0, -40.0])
async def test_a_step_of_the_servers_clock_changes_no_duration(
    practice: Practice, step: float
) -> None:
    room_id, provider, patient = await practice.running()
    await practice.clock.advance(4)
    practice.clock.set(step)
    await practice.clock.advance(4)
    joined = await practice.rejoin(patient, room_id)
    assert joined.started_at is not None
    assert joined.ends_at is not None
    assert joined.server_time - joined.started_at == timedelta(seconds=8)
    assert joined.ends_at - joined.server_time == timedelta(minutes=60, seconds=-8)
    await leaving.hang_up(practice.calls, practice.patient, room_id)
    assert provider.last(CallEnded).duration_seconds == 8
    call = await practice.row(room_id)
    assert (call.duration_seconds, call.duration_minutes) == (8, 0)


async def test_one_call_at_a_time(practice: Practice) -> None:
    calls = practice.calls
    await practice.ring()
    assert await refused(practice.ring()) == (409, "patient_busy")
    assert await refused(inviting.initiate(calls, practice.other_provider, "patient")) == (
        409,
        "patient_busy",
    )
    assert await refused(inviting.initiate(calls, practice.provider, "other_patient")) == (
        409,
        "provider_busy",
    )


async def test_two_invitations_at_the_same_moment(practice: Practice) -> None:
    results = await asyncio.gather(practice.ring(), practice.ring(), return_exceptions=True)
    assert sum(isinstance(result, str) for result in results) == 1


async def test_who_may_not_call_whom(practice: Practice) -> None:
    calls = practice.calls
    assert await refused(inviting.initiate(calls, practice.patient, "other_patient")) == (
        403,
        "forbidden",
    )
    assert await refused(inviting.initiate(calls, practice.admin, "patient")) == (
        403,
        "forbidden",
    )
    for nobody in ("nobody", "other_provider"):
        assert await refused(inviting.initiate(calls, practice.provider, nobody)) == (
            404,
            "unknown_patient",
        )


async def test_load_accounts_and_people_cannot_call_each_other(practice: Practice) -> None:
    load: dict[str, Actor] = {}
    roles: tuple[Role, ...] = ("provider", "patient")
    async with practice.database.transaction() as tx:
        for role in roles:
            name = f"Load test {role}"
            user = await users.create(
                tx, username=f"load/{role}/1", name=name, role=role, password_hash="x", now=START
            )
            load[role] = Actor(user.id, name, user.role)
    calls = practice.calls
    for provider, patient in (
        (load["provider"], practice.patient),
        (practice.provider, load["patient"]),
    ):
        page = practice.page(patient)
        with pytest.raises(DomainError) as never_was:
            await inviting.initiate(calls, provider, "nobody")
        with pytest.raises(DomainError) as refusal:
            await inviting.initiate(calls, provider, patient.user_id)
        assert of_error(refusal.value) == of_error(never_was.value)
        assert not page.sent
    assert await inviting.initiate(calls, load["provider"], load["patient"].user_id)
    assert await practice.ring()


async def test_somebody_elses_room_is_a_room_that_never_was(practice: Practice) -> None:
    room_id = await practice.ring()
    calls, stranger = practice.calls, practice.other_patient
    attempts: list[Callable[[str], Awaitable[object]]] = [
        lambda room: answering.accept(calls, stranger, room, recording_consent=True),
        lambda room: answering.decline(calls, stranger, room),
        lambda room: leaving.hang_up(calls, stranger, room),
        lambda room: emergencies.alert(calls, stranger, room),
        lambda room: history.one(calls, stranger, room),
        lambda room: joining.join(calls, practice.page(stranger), room),
        lambda room: leaving.hang_up(calls, practice.other_provider, room),
    ]
    for attempt in attempts:
        assert (
            await refused(attempt(room_id))
            == await refused(attempt("never-was"))
            == (404, "unknown_room")
        )
        assert await refused(attempt("a\x00b")) == (404, "unknown_room")
    assert await refused(
        answering.accept(calls, practice.provider, room_id, recording_consent=True)
    ) == (403, "forbidden")


async def test_what_a_person_may_do_in_a_call_follows_from_their_side(practice: Practice) -> None:
    room_id = await practice.ring(recording=True)
    disguised = dataclasses.replace(practice.provider, role="patient")
    for attempt in (
        answering.accept(practice.calls, disguised, room_id, recording_consent=True),
        answering.decline(practice.calls, disguised, room_id),
    ):
        assert await refused(attempt) == (403, "forbidden")
    row = await practice.row(room_id)
    assert (row.call_status, row.recording_consent_given) == ("initiated", None)
    await answering.accept(practice.calls, practice.patient, room_id, recording_consent=True)
    patient = Page(dataclasses.replace(practice.patient, role="provider"))
    await practice.rejoin(patient, room_id)
    assert await refused(media.offer(practice.calls, patient, room_id, "", {"0": "screen"})) == (
        403,
        "forbidden",
    )
    await consenting.decide(practice.calls, patient, room_id, given=False)
    await all_written(practice.calls)
    async with practice.database.reading() as tx:
        session = await telemedicine_sessions.by_room(tx, room_id)
        assert session is not None
        stored = [named.consent for named in await consents.for_session(tx, session.session.id)]
    assert [(one.user_id, one.role) for one in stored] == [
        ("provider", "provider"),
        ("patient", "patient"),
        ("patient", "patient"),
    ]
    assert await leaving.hang_up(practice.calls, disguised, room_id) == 0, "both sides may hang up"


async def test_nobody_calls_themselves(practice: Practice) -> None:
    async with practice.database.transaction() as tx:
        await users.ensure(
            tx, ISSUER, "provider", role="patient", name="Name of provider", now=START
        )
    attempt = inviting.initiate(practice.calls, practice.provider, "provider")
    assert await refused(attempt) == (404, "unknown_patient")


async def test_a_call_that_is_over_says_so(practice: Practice) -> None:
    room_id = await practice.ring()
    await answering.decline(practice.calls, practice.patient, room_id)
    assert await refused(
        answering.accept(practice.calls, practice.patient, room_id, recording_consent=True)
    ) == (
        409,
        "call_over",
    )
    late = await joining.join(practice.calls, practice.page(practice.provider), room_id)
    assert late == CallEnded(
        room_id=room_id,
        duration_seconds=0,
        duration_minutes=0,
        reason="declined",
        ended_by="patient",
    )


@pytest.mark.parametrize("side", ["provider", "patient"])
async def test_both_hear_who_hung_up_and_so_does_a_page_that_comes_back_too_late(
    practice: Practice, side: str
) -> None:
    room_id, provider, patient = await practice.running()
    actor = practice.provider if side == "provider" else practice.patient
    await leaving.hang_up(practice.calls, actor, room_id)
    assert [page.last(CallEnded).ended_by for page in (provider, patient)] == [side, side]
    late = await joining.join(practice.calls, practice.page(practice.provider), room_id)
    assert isinstance(late, CallEnded)
    assert late.ended_by == side


async def test_recording_needs_a_key(tmp_path: Path) -> None:
    async with open_practice(tmp_path, keys=False) as practice:
        assert await refused(practice.ring(recording=True)) == (503, "recording_unavailable")
        await practice.ring(recording=False)


async def test_an_emergency_alerts_both_and_the_staff_and_the_call_goes_on(
    practice: Practice,
) -> None:
    admin = practice.page(practice.admin)
    room_id, provider, patient = await practice.running()
    raised = await emergencies.alert(practice.calls, practice.patient, room_id)
    assert raised.phone == "112"
    for page in (provider, patient):
        alert = page.last(CallEmergency)
        assert (alert.raised_by, alert.patient_name) == (practice.patient.name, None)
    assert admin.last(CallEmergency).patient_name == practice.patient.name
    assert "call.emergency" in await practice.actions(room_id)
    assert (await practice.row(room_id)).call_status == "active"


async def test_everybody_sees_their_own_calls_newest_first(practice: Practice) -> None:
    rooms = []
    for _ in range(3):
        rooms.append(await practice.ring())
        await answering.decline(practice.calls, practice.patient, rooms[-1])
        await practice.clock.advance(60)
    listed = await history.page(practice.calls, practice.patient, None)
    assert [call.room_id for call in listed.calls] == rooms[::-1]
    assert (await history.page(practice.calls, practice.other_patient, None)).calls == []
    assert len((await history.page(practice.calls, practice.admin, None)).calls) == 3
    with pytest.raises(InvalidCursor):
        await history.page(practice.calls, practice.patient, "nonsense")


async def test_an_audit_row_tells_who_and_from_where(practice: Practice) -> None:
    room_id = await practice.ring()
    [event] = await practice.log(room_id)
    assert (event.action, event.actor_id, event.actor_role) == (
        "call.initiated",
        "provider",
        "provider",
    )
    assert (event.address, event.user_agent) == ("192.0.2.7", "Test/1")
