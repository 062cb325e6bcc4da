"""A call with guests is recorded by the yes of everybody who is recorded."""

from pathlib import Path

import pytest

from signaling.calls import (
    consenting,
)
from signaling.calls.messages import (
    CallAccepted,
    Participants,
)
from signaling.kernel.errors import Conflict
from signaling.kernel.messages import Message
from storage.calls import consents, telemedicine_sessions
from tests.patience import until
from tests.signaling.calls.meeting import Meeting
from tests.signaling.practice import Page, all_written, open_practice


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


async def test_nothing_is_recorded_anymore_when_somebody_is_back_who_has_not_agreed(
    tmp_path: Path,
) -> None:
    async with open_practice(tmp_path) as practice:
        meeting = Meeting(practice, *await practice.running(recording=True, consent=True))
        for page in (meeting.provider, meeting.patient):
            practice.stay(await practice.connect(page, meeting.room_id))
        guest = await meeting.comes_in("ines", consent=False)
        client = await practice.connect(guest, meeting.room_id)
        practice.leave(guest)
        await until(lambda: meeting.provider.recording_states()[-1:] == ["recording"])
        call = practice.calls.find(meeting.room_id)
        assert call
        capture, capturing = call.capture, list[bool]()

        class Attentive(Page):
            def send(self, message: Message) -> None:
                match message:
                    case Participants() if message.participants[2].connected:
                        capturing.append(capture.running and capture.cut_for is None)

        await practice.rejoin(Attentive(practice.provider), meeting.room_id)
        practice.stay(client)  # its network is there again, though its page is not
        await until(lambda: capturing)
        assert not any(capturing), "nothing is captured once anybody can know of them"
        await until(lambda: meeting.patient.recording_states()[-1] == "stopped")


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
