"""In an emergency a provider opens a recording of their own call: for minutes, and not unseen."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from signaling.kernel.errors import DomainError
from signaling.recordings.breakglass.messages import BreakGlassChanged
from signaling.recordings.breakglass.resources import EmergencyPlayback
from signaling.recordings.own import OwnRecordings
from signaling.recordings.playback.media import Media
from storage.models import User
from tests.patience import until
from tests.signaling.practice import Practice, open_practice
from tests.signaling.recordings.recorded import PLAINTEXT, record
from tests.support.mail import by_mail, mail_server
from tests.support.stored import all_events

MINUTES = 60.0
REASON = "Alex took tablets"


@pytest.fixture
async def practice(tmp_path: Path, database_url: str) -> AsyncIterator[Practice]:
    """Where nobody opens a recording alone, but in an emergency."""
    async with open_practice(tmp_path, database_url=database_url, unlock="two_person") as practice:
        yield practice


async def recorded(practice: Practice) -> tuple[str, str]:
    """Room and recording of a call."""
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    return room_id, (await record(practice.recordings.archive, session_id, room_id)).id


async def refused(doing: Awaitable[object]) -> str:
    with pytest.raises(DomainError) as problem:
        await doing
    return problem.value.code


async def broken(practice: Practice, room_id: str) -> EmergencyPlayback:
    return await practice.break_glass.open(practice.provider, room_id, "ETREAT", REASON)


async def media(practice: Practice, opened: EmergencyPlayback, *, saved: bool = False) -> Media:
    [part_id] = opened.playback.urls
    read = practice.playbacks.download if saved else practice.playbacks.media
    of = practice.provider, opened.access.recording_id, part_id
    return await read(*of, opened.playback.playback_id)


async def test_it_opens_at_once_for_a_quarter_of_an_hour_and_everybody_hears(
    practice: Practice,
) -> None:
    room_id, recording_id = await recorded(practice)
    staff = [practice.page(actor) for actor in (practice.compliance, practice.admin)]
    patient = practice.page(practice.patient)
    opened = await broken(practice, room_id)
    access = opened.access
    assert (access.recording_id, access.holder_name) == (recording_id, practice.provider.name)
    assert (access.expires_at - access.opened_at).total_seconds() == 15 * MINUTES
    assert opened.playback.expires_at == access.expires_at
    assert [part.part_id for part in opened.parts] == [*opened.playback.urls]
    assert [(event.side, event.kind) for event in opened.timeline.events] == [("provider", "given")]
    for page in staff:
        assert page.last(BreakGlassChanged).access == access
    assert patient.all(BreakGlassChanged) == []
    running = await media(practice, opened)
    assert len(await running.read(0, 10)) == 10
    assert await refused(media(practice, opened, saved=True)) == "forbidden", "nothing is taken"
    practice.clock.set(15 * MINUTES)
    await practice.clock.advance(1)
    assert await refused(running.read(10, len(PLAINTEXT))) == "playback_expired"
    assert await refused(media(practice, opened)) == "playback_expired"

    events = await all_events(practice.database)
    [told] = [event for event in events if event.action == "recording.break_glass"]
    assert told.detail == {"purpose_of_event": "ETREAT", "reason": REASON}
    own = OwnRecordings(practice.database, practice.repeats, practice.clock)
    [seen] = (await own.list(practice.patient)).recordings
    assert [(one.action, one.actor_name, one.reason) for one in seen.accesses] == [
        ("recording.break_glass", practice.provider.name, REASON)
    ]


async def test_only_of_calls_that_they_took_part_in(practice: Practice) -> None:
    room_id, _ = await recorded(practice)
    glass = practice.break_glass
    for stranger in (practice.other_provider, replace(practice.provider, user_id="nobody")):
        assert await refused(glass.open(stranger, room_id, "BTG", "why")) == "unknown_room"
    assert await refused(glass.open(practice.provider, "none", "BTG", "why")) == "unknown_room"
    for other in (practice.compliance, practice.admin, practice.patient):
        assert await refused(glass.open(other, room_id, "BTG", "why")) == "forbidden"
    await practice.clock.advance(MINUTES)
    empty = await practice.ring()
    assert await refused(broken(practice, empty)) == "unknown_recording"
    assert (await practice.reviews.list()).accesses == []


async def test_compliance_works_off_what_was_opened(practice: Practice) -> None:
    room_id, _ = await recorded(practice)
    first, second = await broken(practice, room_id), await broken(practice, room_id)
    waiting = (await practice.reviews.list()).accesses
    assert sorted(one.access_id for one in waiting) == sorted(
        opened.access.access_id for opened in (first, second)
    )
    review, me = practice.reviews.review, practice.compliance
    ids = first.access.access_id, second.access.access_id
    no_note = review(me, ids[0], justified=False, note=None)
    assert await refused(no_note) == "note_needed"
    holder = replace(practice.provider, role="compliance")
    assert await refused(review(holder, ids[0], justified=True, note=None)) == "own_request"
    assert await refused(review(me, "none", justified=True, note=None)) == "unknown_access"
    yes = await review(me, ids[0], justified=True, note=None)
    assert (yes.justified, yes.reviewed_by_name) == (True, me.name)
    assert await (await media(practice, first)).read(0, 1), "it goes on"
    running = await media(practice, second)
    tries = await asyncio.gather(
        *(review(me, ids[1], justified=False, note=why) for why in ("No danger", "Curiosity")),
        return_exceptions=True,
    )
    assert [one.code for one in tries if isinstance(one, DomainError)] == ["access_reviewed"]
    await practice.clock.advance(1)
    assert await refused(running.read(0, 10)) == "playback_expired", "what is not, ends"
    listed = (await practice.reviews.list()).accesses
    assert sorted(str(one.justified) for one in listed) == ["False", "True"]
    practice.clock.set(31 * 24 * 60 * MINUTES)
    assert (await practice.reviews.list()).accesses == [], "the log has them for good"
    reviewed = [
        dict(event.detail)
        for event in await all_events(practice.database)
        if event.action == "recording.break_glass_reviewed"
    ]
    assert [one["justified"] for one in reviewed] == [True, False]


async def test_it_ends_with_the_right_of_whoever_opened_it_and_can_be_switched_off(
    practice: Practice,
) -> None:
    room_id, recording_id = await recorded(practice)
    opened = await broken(practice, room_id)
    async with practice.database.transaction() as tx:
        holder = await tx.get_one(User, practice.provider.user_id)
        holder.role = "ops"
    assert await refused(media(practice, opened)) == "playback_expired"
    async with practice.database.transaction() as tx:
        (await tx.get_one(User, practice.provider.user_id)).role = "provider"
    await practice.erasures.request(practice.compliance, recording_id, "Asked for")
    assert await refused(broken(practice, room_id)) == "recording_erased"
    practice.break_glass._lasts = timedelta()
    assert await refused(broken(practice, room_id)) == "break_glass_off"


async def test_a_letter_tells_that_it_happened_and_of_nobody(tmp_path: Path) -> None:
    async with (
        mail_server() as (port, letters),
        open_practice(tmp_path, **by_mail(port)) as practice,
    ):
        room_id, _ = await recorded(practice)
        await broken(practice, room_id)
        await until(lambda: letters.received)
        text = letters.received[0].as_string()
        assert "https://video.example.org/access" in text
        assert not any(name in text for name in ("Name of", REASON, room_id))
        await practice.break_glass._alerting.background.drain(20)
        alerted = [
            dict(event.detail)["by"]
            for event in await all_events(practice.database)
            if event.action == "recording.break_glass_alerted"
        ]
        assert alerted == ["email"]
