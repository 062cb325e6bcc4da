"""A provider asks in mid-call whether it may be recorded, stops the recording, and asks anew."""

from pathlib import Path

import pytest

from signaling.calls import answering, consenting, leaving, switching
from signaling.calls.messages import Participants
from signaling.kernel.errors import Conflict, NotAllowed, NotFound, Unavailable
from signaling.recordings import asking
from signaling.recordings.messages import RecordingStateChanged, RecordingSwitched
from tests.patience import until
from tests.signaling.calls.meeting import Meeting
from tests.signaling.practice import Page, all_written, open_practice


async def ask(meeting: Meeting, page: Page | None = None, *, on: bool = True) -> None:
    by = page or meeting.provider
    await switching.switch(meeting.practice.calls, by, meeting.room_id, on=on)


async def says(meeting: Meeting, page: Page, *, given: bool) -> None:
    await consenting.decide(meeting.practice.calls, page, meeting.room_id, given=given)


async def connected(meeting: Meeting, *pages: Page) -> None:
    for page in pages or (meeting.provider, meeting.patient):
        meeting.practice.stay(await meeting.practice.connect(page, meeting.room_id))


async def becomes(meeting: Meeting, state: str) -> None:
    """What everybody is told, once a yes has settled."""
    await meeting.practice.clock.advance(2)
    await until(lambda: meeting.provider.recording_states()[-1:] == [state])


def consents(meeting: Meeting) -> dict[str, bool | None]:
    told = meeting.provider.last(Participants).participants
    return {person.user_id: person.recording_consent for person in told}


async def test_nothing_is_captured_before_everybody_who_is_recorded_has_agreed(
    meeting: Meeting,
) -> None:
    await connected(meeting)
    guest = await meeting.comes_in("ines")
    await ask(meeting)
    for page in (meeting.provider, meeting.patient, guest):
        assert page.last(RecordingSwitched).on
        assert page.last(RecordingStateChanged).state == "awaiting_consent"
    assert consents(meeting) == {"provider": True, "patient": None, "ines": None}
    await says(meeting, meeting.patient, given=True)
    await meeting.practice.clock.advance(5)
    assert meeting.provider.recording_states() == ["awaiting_consent"]
    await says(meeting, guest, given=True)
    await becomes(meeting, "recording")
    actions = await meeting.practice.actions(meeting.room_id)
    said = [each for each in actions if each.startswith(("consent.", "recording."))]
    assert sorted(said[:2]) == ["consent.given", "recording.asked"], "the provider's own yes"
    assert said[2:] == ["consent.given", "consent.given", "recording.started"]
    row = await meeting.practice.row(meeting.room_id)
    assert (row.recording_enabled, row.recording_consent_given) == (True, True)


async def test_a_no_stands_and_is_asked_again_once_and_not_at_once(meeting: Meeting) -> None:
    practice = meeting.practice
    await connected(meeting)
    await ask(meeting)
    with pytest.raises(Conflict, match="recording_asked pending"):
        await ask(meeting)
    await says(meeting, meeting.patient, given=False)
    await until(lambda: meeting.provider.recording_states()[-1] == "stopped")
    with pytest.raises(Conflict, match="recording_asked lately seconds=60"):
        await ask(meeting)
    await practice.clock.advance(asking.PAUSE_SECONDS)
    await ask(meeting)
    assert consents(meeting) == {"provider": True, "patient": None}
    assert meeting.patient.recording_states()[-1] == "awaiting_consent"
    await says(meeting, meeting.patient, given=False)
    await practice.clock.advance(3600 - 120)
    with pytest.raises(Conflict, match="recording_asked refused"):
        await ask(meeting)
    assert "recording" not in meeting.provider.recording_states()


async def test_who_refused_at_the_invitation_can_be_asked_once_more(tmp_path: Path) -> None:
    async with open_practice(tmp_path) as practice:
        meeting = Meeting(practice, *await practice.running(recording=True, consent=False))
        await connected(meeting)
        await practice.clock.advance(asking.PAUSE_SECONDS)
        await ask(meeting)
        assert consents(meeting) == {"provider": True, "patient": None}
        await says(meeting, meeting.patient, given=True)
        await becomes(meeting, "recording")
        await says(meeting, meeting.patient, given=False)
        await practice.clock.advance(asking.PAUSE_SECONDS)
        with pytest.raises(Conflict, match="recording_asked refused"):
            await ask(meeting)
        await says(meeting, meeting.patient, given=True)  # of their own accord, at any time
        await becomes(meeting, "recording")


async def test_who_agreed_keeps_that_while_only_who_refused_is_asked_again(
    meeting: Meeting,
) -> None:
    await connected(meeting)
    guest = await meeting.comes_in("ines")
    await ask(meeting)
    await says(meeting, meeting.patient, given=True)
    await says(meeting, guest, given=False)
    await meeting.practice.clock.advance(asking.PAUSE_SECONDS)
    await ask(meeting)
    assert consents(meeting) == {"provider": True, "patient": True, "ines": None}


async def test_who_leaves_unasked_is_waited_for_no_longer(meeting: Meeting) -> None:
    await connected(meeting)
    guest = await meeting.comes_in("ines")
    await ask(meeting)
    await says(meeting, meeting.patient, given=True)
    await leaving.hang_up(meeting.practice.calls, guest.actor, meeting.room_id)
    await becomes(meeting, "recording")


async def test_who_comes_later_is_asked_before_it_goes_on(meeting: Meeting) -> None:
    calls = meeting.practice.calls
    await connected(meeting)
    early = await meeting.somebody("early")
    await meeting.invite(early)  # whose page is told of no recording
    await ask(meeting)
    await says(meeting, meeting.patient, given=True)
    await becomes(meeting, "recording")
    await answering.accept(calls, early.actor, meeting.room_id, recording_consent=False)
    joined = await meeting.practice.join(early, meeting.room_id)
    assert (joined.recording_enabled, joined.recording_consent) == (True, None)
    await until(lambda: meeting.provider.recording_states()[-1] == "awaiting_consent")
    await says(meeting, early, given=True)
    await becomes(meeting, "recording")
    late = await meeting.comes_in("late", consent=False)  # who was asked at the invitation
    assert consents(meeting)[late.actor.user_id] is False
    await until(lambda: meeting.provider.recording_states()[-1] == "stopped")


async def test_an_observer_is_not_asked_and_only_the_provider_asks(meeting: Meeting) -> None:
    observer = await meeting.comes_in("omar", "observer")
    for page in (meeting.patient, observer):
        for on in (True, False):
            with pytest.raises(NotAllowed, match="forbidden"):
                await ask(meeting, page, on=on)
    stranger = await meeting.somebody("stranger")
    with pytest.raises(NotFound, match="unknown_room"):
        await ask(meeting, stranger)
    await ask(meeting)
    assert consents(meeting) == {"provider": True, "patient": None, "omar": None}
    with pytest.raises(Conflict, match="recording_not_enabled"):
        await says(meeting, observer, given=True)


async def test_stopped_for_good_it_starts_again_by_a_new_question_only(meeting: Meeting) -> None:
    practice = meeting.practice
    await connected(meeting)
    await ask(meeting, on=False)  # nothing to stop
    await ask(meeting)
    await says(meeting, meeting.patient, given=True)
    await becomes(meeting, "recording")
    await ask(meeting, on=False)
    assert meeting.patient.last(RecordingSwitched).on is False
    assert meeting.patient.recording_states()[-1] == "off"
    assert consents(meeting) == {"provider": None, "patient": None}
    with pytest.raises(Conflict, match="recording_not_enabled"):
        await says(meeting, meeting.patient, given=True)
    await ask(meeting)
    assert meeting.patient.recording_states()[-1] == "awaiting_consent"
    await says(meeting, meeting.patient, given=True)
    await becomes(meeting, "recording")
    await all_written(practice.calls)
    actions = await practice.actions(meeting.room_id)
    assert actions.count("recording.asked") == 2
    assert actions.count("recording.switched_off") == 1
    assert actions.count("recording.started") == 2
    assert (await practice.row(meeting.room_id)).recording_enabled


async def test_it_is_not_asked_for_where_nothing_could_be_recorded_or_nobody_is_there(
    tmp_path: Path,
) -> None:
    async with open_practice(tmp_path) as practice:
        provider = practice.page(practice.provider)
        room_id = await practice.ring()
        await practice.join(provider, room_id)
        with pytest.raises(Conflict, match="call_still_ringing"):
            await switching.switch(practice.calls, provider, room_id, on=True)
    async with open_practice(tmp_path / "keyless", keys=False) as practice:
        meeting = Meeting(practice, *await practice.running())
        with pytest.raises(Unavailable, match="recording_unavailable"):
            await ask(meeting)
        assert not meeting.patient.all(RecordingSwitched)
