"""What is said off the record is in no file; neither is what a newcomer hears who was not asked."""

import asyncio
from pathlib import Path

import pytest

from signaling.calls import consenting, leaving
from signaling.calls.messages import Participants
from signaling.kernel.errors import Conflict
from signaling.recordings.messages import RecordingStateChanged
from signaling.recordings.resources import RecordingDetail
from tests.patience import until
from tests.signaling.calls.meeting import Meeting
from tests.signaling.practice import Page, Practice, all_written, open_practice
from tests.signaling.recordings.capturing import connected, files, the_recording
from tests.signaling.recordings.saying import Voice, all_say, contents, recorded_again


async def off(practice: Practice, page: Page, room_id: str, off: bool) -> None:
    await consenting.ask_off_the_record(practice.calls, page, room_id, off=off)


async def finished(practice: Practice, room_id: str) -> tuple[RecordingDetail, dict[str, bytes]]:
    await leaving.hang_up(practice.calls, practice.patient, room_id)
    await all_written(practice.calls)
    detail = await the_recording(practice)
    assert detail.recording.state == "complete"
    return detail, await contents(practice, detail)


def reason(page: Page) -> str | None:
    return page.last(RecordingStateChanged).reason


def asking(page: Page) -> list[str]:
    """Whose requests stand, as a page is told."""
    people = page.last(Participants).participants
    return [person.user_id for person in people if person.off_the_record]


@pytest.mark.parametrize("asker", [0, 1], ids=["provider", "patient"])
async def test_nothing_that_is_said_off_the_record_is_in_the_file(
    practice: Practice, asker: int
) -> None:
    room_id, pages, clients = await connected(practice, recording=True, consent=True)
    page, other = pages[asker], pages[1 - asker]
    await until(lambda: page.recording_states()[-1:] == ["recording"])
    voices = [Voice(client) for client in clients]
    await all_say(voices, b"openly")
    await off(practice, page, room_id, True)
    assert (reason(other), asking(other)) == ("off_the_record", [page.actor.user_id])
    await all_say(voices, b"secret")
    assert other.last(Participants).participants[0].connected, "the call goes on"
    await off(practice, page, room_id, False)
    assert asking(other) == []
    await recorded_again(practice, other)
    await all_say(voices, b"again!")
    detail, found = await finished(practice, room_id)
    assert set(found) == {"provider", "patient"}
    for data in found.values():
        assert b"openly" in data
        assert b"again!" in data
        assert b"secret" not in data
    assert detail.gaps is not None
    [gap] = detail.gaps
    [request] = gap.requests
    assert (gap.reason, request.user_id, request.side) == (
        "off_the_record",
        page.actor.user_id,
        page.actor.user_id,
    )
    assert gap.duration_ms >= request.end_ms - request.begin_ms - 100 >= 400
    actions = [entry.action for entry in detail.access_log if entry.actor_id == page.actor.user_id]
    assert actions == ["recording.off_the_record", "recording.on_the_record"]


async def test_it_goes_on_when_everybody_who_asked_has_taken_that_back(practice: Practice) -> None:
    room_id, (provider, patient), clients = await connected(practice, recording=True, consent=True)
    for client in clients:
        practice.stay(client)
    await until(lambda: provider.recording_states()[-1:] == ["recording"])
    await off(practice, patient, room_id, True)
    await off(practice, provider, room_id, True)
    await off(practice, provider, room_id, False)
    await practice.clock.advance(2)
    assert (reason(provider), asking(provider)) == ("off_the_record", ["patient"])
    joined = await practice.rejoin(Page(practice.patient), room_id)
    assert [person.off_the_record for person in joined.participants] == [False, True], "it stands"


async def test_it_goes_on_only_by_the_consents_that_are_in_force_then(practice: Practice) -> None:
    room_id, (provider, patient), clients = await connected(practice, recording=True, consent=True)
    for client in clients:
        practice.stay(client)
    await until(lambda: provider.recording_states()[-1:] == ["recording"])
    await off(practice, provider, room_id, True)
    await consenting.decide(practice.calls, patient, room_id, given=False)
    await off(practice, provider, room_id, False)
    await practice.clock.advance(2)
    assert (provider.recording_states()[-1], reason(provider)) == ("stopped", "refused")


async def test_a_request_ends_with_the_leaving_of_whoever_made_it(tmp_path: Path) -> None:
    async with open_practice(tmp_path) as practice:
        room_id, pages, clients = await connected(practice, recording=True, consent=True)
        for client in clients:
            practice.stay(client)
        meeting = Meeting(practice, room_id, *pages)
        observer = await meeting.comes_in("olga", "observer")
        await until(lambda: pages[0].recording_states()[-1:] == ["recording"])
        await off(practice, observer, room_id, True)
        practice.leave(observer)
        await practice.clock.advance(2)
        assert reason(pages[0]) == "off_the_record", "being away is no consent"
        await meeting.remove(observer)
        await recorded_again(practice, pages[0])


async def test_a_call_that_is_not_recorded_has_no_record_to_be_off(practice: Practice) -> None:
    room_id, provider, _ = await practice.running()
    with pytest.raises(Conflict, match="recording_not_enabled"):
        await off(practice, provider, room_id, True)


async def test_nothing_is_written_of_anybody_once_a_newcomer_is_there_who_was_not_asked(
    tmp_path: Path,
) -> None:
    async with open_practice(tmp_path) as practice:
        room_id, pages, clients = await connected(practice, recording=True, consent=True)
        await until(lambda: pages[0].recording_states()[-1:] == ["recording"])
        voices = [Voice(client) for client in clients]
        await all_say(voices, b"openly")
        meeting = Meeting(practice, room_id, *pages)
        guest = await meeting.comes_in("ines", consent=False)
        talk = asyncio.create_task(all_say(voices, b"secret"))
        newcomer = Voice(await practice.connect(guest, room_id))
        await talk
        await all_say([*voices, newcomer], b"secret")
        await consenting.decide(practice.calls, guest, room_id, given=True)
        await recorded_again(practice, pages[0])
        await all_say([*voices, newcomer], b"again!")
        await until(lambda: len({*files(practice)}) >= 5)
        _, found = await finished(practice, room_id)
        assert set(found) == {"provider", "patient", "ines"}
        assert all(b"again!" in data for data in found.values())
        assert all(b"secret" not in data for data in found.values())
