"""Two people open a recording: one asks, another one approves, for a while and to nobody else."""

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from signaling import config
from signaling.cli import exports
from signaling.config import Config
from signaling.kernel.actor import Actor
from signaling.kernel.errors import DomainError
from signaling.kernel.terminal import CommandError
from signaling.kernel.words import UnlockPolicy
from signaling.ops.doctor.approval import look_at_approvers
from signaling.recordings.playback.media import Media
from signaling.recordings.resources import Playback
from signaling.recordings.unlocking import Gate
from signaling.recordings.unlocking.messages import RecordingUnlockChanged
from storage.people import users
from storage.people.playback_grants import Why
from tests.signaling.conftest import TELEMEDICINE, Site
from tests.signaling.manual_clock import START
from tests.signaling.practice import Practice, open_practice
from tests.signaling.recordings.recorded import PLAINTEXT, WHY, record
from tests.support.platform import ISSUER
from tests.support.stored import all_events

HOUR = 3600.0
ASKED = Why("HLEGAL", "Complaint of 3 March")


@pytest.fixture
async def practice(tmp_path: Path, database_url: str) -> AsyncIterator[Practice]:
    """Where nobody opens a recording alone."""
    async with open_practice(tmp_path, database_url=database_url, unlock="two_person") as practice:
        async with practice.database.transaction() as tx:
            await users.ensure(
                tx, ISSUER, COLLEAGUE.user_id, role="compliance", name=COLLEAGUE.name, now=START
            )
        yield practice


COLLEAGUE = Actor("colleague", "Name of colleague", "compliance")


async def recorded(practice: Practice, patient: str = "patient") -> str:
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    return (await record(practice.recordings.archive, session_id, room_id, [patient])).id


async def refused(doing: Awaitable[object]) -> str:
    with pytest.raises(DomainError) as problem:
        await doing
    return problem.value.code


async def approved(practice: Practice, recording_id: str) -> str:
    asked = await practice.unlocks.ask(practice.compliance, recording_id, ASKED)
    return (await practice.unlocks.approve(COLLEAGUE, asked.unlock_id)).unlock_id


async def media(practice: Practice, playback: Playback, recording_id: str) -> Media:
    [part_id] = playback.urls
    of = practice.compliance, recording_id, part_id, playback.playback_id
    return await practice.playbacks.media(*of)


async def told(practice: Practice) -> list[tuple[str, str | None]]:
    return [
        (event.action.removeprefix("recording."), event.actor_id)
        for event in await all_events(practice.database)
        if event.action.startswith("recording.unlock") or event.action == "recording.denied"
    ]


async def test_one_asks_another_approves_and_it_opens_for_an_hour(practice: Practice) -> None:
    recording_id, me = await recorded(practice), practice.compliance
    pages = [practice.page(actor) for actor in (me, COLLEAGUE, practice.admin, practice.provider)]
    assert await refused(practice.playbacks.open(me, recording_id, WHY)) == "approval_needed"
    asked = await practice.unlocks.ask(me, recording_id, ASKED)
    assert (asked.state, asked.reason, asked.requested_by_name) == (
        "waiting",
        "Complaint of 3 March",
        me.name,
    )
    assert (asked.expires_at - START).total_seconds() == 24 * HOUR
    assert await refused(practice.unlocks.ask(me, recording_id, WHY)) == "unlock_waits"
    assert await refused(practice.playbacks.open(me, recording_id, WHY)) == "approval_needed"
    await practice.clock.advance(60)
    yes = await practice.unlocks.approve(practice.admin, asked.unlock_id)
    assert (yes.state, yes.answered_by_name) == ("approved", practice.admin.name)
    assert (yes.expires_at - practice.clock.now()).total_seconds() == HOUR
    for page in pages[:3]:
        assert [one.unlock.state for one in page.all(RecordingUnlockChanged)] == [
            "waiting",
            "approved",
        ]
    assert pages[3].all(RecordingUnlockChanged) == [], "it is nobody else's business"
    for actor in (me, COLLEAGUE, practice.admin):
        assert (await practice.unlocks.list(actor)).unlocks == [yes]

    playback = await practice.playbacks.open(me, recording_id, WHY)
    assert playback.expires_at == yes.expires_at
    events = await all_events(practice.database)
    [played] = [event.detail for event in events if event.action == "recording.played"]
    assert played == {"purpose_of_event": "HLEGAL", "reason": "Complaint of 3 March"}, (
        "what was approved, whatever is said later"
    )
    assert await (await media(practice, playback, recording_id)).read(0, 1)
    assert await refused(practice.playbacks.open(COLLEAGUE, recording_id, WHY)) == (
        "approval_needed"
    ), "to who asked, and to nobody else"
    other_id = await recorded(practice, "other_patient")
    assert await refused(practice.playbacks.open(me, other_id, WHY)) == "approval_needed"
    practice.clock.set(HOUR)
    assert await refused(media(practice, playback, recording_id)) == "playback_expired"
    assert await refused(practice.playbacks.open(me, recording_id, WHY)) == "approval_needed"
    [over] = (await practice.unlocks.list(me)).unlocks
    assert over.state == "expired"
    assert (await practice.unlocks.list(COLLEAGUE)).unlocks == []


async def test_nobody_answers_their_own_request_whichever_page_it_is_from(
    practice: Practice,
) -> None:
    recording_id, me = await recorded(practice), practice.compliance
    asked = (await practice.unlocks.ask(me, recording_id, ASKED)).unlock_id
    elsewhere = replace(me, role="admin", address="203.0.113.9", user_agent="Another/1")
    for same in (me, elsewhere):
        assert await refused(practice.unlocks.approve(same, asked)) == "own_request"
        assert await refused(practice.unlocks.refuse(same, asked, "why")) == "own_request"
    assert await refused(practice.unlocks.end(COLLEAGUE, asked)) == "foreign_request"
    no = await practice.unlocks.refuse(COLLEAGUE, asked, "Ask the patient first")
    assert (no.state, no.answer) == ("refused", "Ask the patient first")
    assert await refused(practice.unlocks.approve(practice.admin, asked)) == "unlock_over"
    assert await refused(practice.playbacks.open(me, recording_id, ASKED)) == "approval_needed"
    again = await practice.unlocks.ask(me, recording_id, ASKED)
    assert (await practice.unlocks.end(me, again.unlock_id)).state == "withdrawn"
    await practice.repeats.close()
    log = await told(practice)
    assert [each for each in log if each[0] != "denied"] == [
        ("unlock_requested", "compliance"),
        ("unlock_refused", "colleague"),
        ("unlock_requested", "compliance"),
        ("unlock_withdrawn", "compliance"),
    ]
    assert {who for what, who in log if what == "denied"} == {"compliance", "colleague"}


async def test_of_two_answers_at_once_one_counts(practice: Practice) -> None:
    recording_id = await recorded(practice)
    asked = (await practice.unlocks.ask(practice.compliance, recording_id, ASKED)).unlock_id
    tries = await asyncio.gather(
        practice.unlocks.approve(COLLEAGUE, asked),
        practice.unlocks.refuse(practice.admin, asked, "Not today"),
        practice.unlocks.approve(practice.admin, asked),
        practice.unlocks.end(practice.compliance, asked),
        return_exceptions=True,
    )
    codes = [one.code for one in tries if isinstance(one, DomainError)]
    [row] = (await practice.unlocks.list(practice.compliance)).unlocks
    revoked = row.state == "revoked"  # an approval may have been taken back again
    assert codes == ["unlock_over"] * (2 if revoked else 3)
    assert len([what for what, _ in await told(practice) if what != "denied"]) == 4 - len(codes) + 1


async def test_a_request_that_is_over_is_not_approved(practice: Practice) -> None:
    recording_id, me = await recorded(practice), practice.compliance
    withdrawn = (await practice.unlocks.ask(me, recording_id, ASKED)).unlock_id
    await practice.unlocks.end(me, withdrawn)
    late = (await practice.unlocks.ask(me, recording_id, ASKED)).unlock_id
    practice.clock.set(24 * HOUR)
    for over in (withdrawn, late):
        assert await refused(practice.unlocks.approve(COLLEAGUE, over)) == "unlock_over"
    erased = (await practice.unlocks.ask(me, recording_id, ASKED)).unlock_id
    await practice.erasures.request(me, recording_id, "The patient asked for it")
    assert await refused(practice.unlocks.approve(COLLEAGUE, erased)) == "recording_erased"
    assert await refused(practice.unlocks.ask(me, recording_id, ASKED)) == "recording_erased"
    assert await refused(practice.unlocks.approve(COLLEAGUE, "none")) == "unknown_unlock"
    assert (await practice.unlocks.list(COLLEAGUE)).unlocks == [], "nothing to decide any more"


async def test_what_is_played_ends_with_the_approval(practice: Practice) -> None:
    recording_id, me = await recorded(practice), practice.compliance
    unlock_id = await approved(practice, recording_id)
    playback = await practice.playbacks.open(me, recording_id, WHY)
    running = await media(practice, playback, recording_id)
    assert len(await running.read(0, 10)) == 10
    assert (await practice.unlocks.end(practice.admin, unlock_id)).state == "revoked"
    await practice.clock.advance(1)
    assert await refused(running.read(10, len(PLAINTEXT))) == "approval_ended"
    assert await refused(media(practice, playback, recording_id)) == "approval_ended"
    assert await refused(practice.playbacks.open(me, recording_id, WHY)) == "approval_needed"
    assert await refused(practice.unlocks.end(me, unlock_id)) == "unlock_over"


async def test_an_approval_ends_with_the_right_of_who_gave_it(practice: Practice) -> None:
    recording_id, me = await recorded(practice), practice.compliance
    await approved(practice, recording_id)
    playback = await practice.playbacks.open(me, recording_id, WHY)
    async with practice.database.transaction() as tx:
        approver = await users.by_id(tx, COLLEAGUE.user_id)
        assert approver
        await users.disable(tx, approver, now=practice.clock.now())
    assert await refused(media(practice, playback, recording_id)) == "approval_ended"
    assert await refused(practice.playbacks.open(me, recording_id, WHY)) == "approval_needed"


async def test_another_policy_counts_at_once(practice: Practice) -> None:
    recording_id, me = await recorded(practice), practice.compliance
    asked = (await practice.unlocks.ask(me, recording_id, ASKED)).unlock_id

    def follow(policy: UnlockPolicy) -> None:
        """As a server that was started anew with it."""
        practice.playbacks._gate = Gate(policy, practice.clock)
        practice.unlocks._settings = replace(practice.unlocks._settings, policy=policy)

    follow("single")
    alone = await practice.playbacks.open(me, recording_id, WHY)
    assert (await practice.unlocks.list(COLLEAGUE)).unlocks == []
    for doing in (
        practice.unlocks.approve(COLLEAGUE, asked),
        practice.unlocks.refuse(COLLEAGUE, asked, "why"),
        practice.unlocks.ask(me, recording_id, ASKED),
    ):
        assert await refused(doing) == "approval_not_needed"
    follow("two_person")
    assert await refused(media(practice, alone, recording_id)) == "approval_needed"
    await practice.unlocks.approve(COLLEAGUE, asked)
    together = await practice.playbacks.open(me, recording_id, WHY)
    follow("single")
    assert await (await media(practice, together, recording_id)).read(0, 1)
    await practice.unlocks.end(COLLEAGUE, asked)
    assert await refused(media(practice, together, recording_id)) == "approval_ended"


async def test_an_export_on_the_server_names_the_approval(
    practice: Practice, tmp_path: Path
) -> None:
    recording_id = await recorded(practice)
    await practice.clock.advance(60)  # nobody answers, so that another one can be called
    other_id = await recorded(practice, "other_patient")
    unlock_id = await approved(practice, recording_id)
    settings = Config(recording=config.Recording(unlock="two_person"))

    async def detail(of: str, approval: str | None, *, alone: bool = False) -> dict[str, object]:
        asked = Namespace(recording=of, approval=approval, without_approval=alone)
        async with practice.database.reading() as tx:
            return dict(await exports.approved(tx, settings, asked, practice.clock.now()))

    named = {"unlock_id": unlock_id, "requested_by": practice.compliance.user_id}
    assert await detail(recording_id, unlock_id) == named
    assert await detail(recording_id, None, alone=True) == {"without_approval": True}
    with pytest.raises(CommandError, match="is no approval of this recording"):
        await detail(other_id, unlock_id)
    practice.clock.set(HOUR)
    with pytest.raises(CommandError, match="or no more"):
        await detail(recording_id, unlock_id)


async def test_the_doctor_looks_for_two_people(practice: Practice) -> None:
    settings = Config(recording=config.Recording(unlock="two_person"))

    async def levels() -> list[str]:
        return [one.level for one in await look_at_approvers(settings, practice.database)]

    assert await levels() == ["ok"]
    async with practice.database.transaction() as tx:
        for user_id in (COLLEAGUE.user_id, practice.admin.user_id):
            user = await users.by_id(tx, user_id)
            assert user
            user.disabled = True
    assert await levels() == ["problem"]
    settings = Config(jwt=config.Jwt(secret="x" * 32, roles=("compliance",)))
    assert await levels() == [], "one person is enough"
    settings = msgspec.structs.replace(settings, recording=config.Recording(unlock="two_person"))
    assert await levels() == ["note"]


async def test_other_roles_neither_ask_nor_answer_nor_see(site: Site) -> None:
    asks = f"{TELEMEDICINE}/recordings/none/unlocks"
    unlocks = f"{TELEMEDICINE}/recording-unlocks"
    body = {"purpose": "TREAT"}
    expected = {
        "compliance": (409, 200, 404),
        "admin": (403, 200, 404),
        "provider": (403, 403, 403),
        "patient": (403, 403, 403),
        "ops": (403, 403, 403),
    }
    for role, statuses in expected.items():
        headers = await site.headers(role)  # type: ignore[arg-type]
        async with (
            site.client.post(asks, json=body, headers=headers) as asked,
            site.client.get(unlocks, headers=headers) as listed,
            site.client.post(f"{unlocks}/none/approve", headers=headers) as answered,
        ):
            assert (asked.status, listed.status, answered.status) == statuses, role
