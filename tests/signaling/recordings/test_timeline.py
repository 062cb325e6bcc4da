"""What was said about being recorded, and how well everybody was connected, is on the recording's
own clock.
"""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from relay.peer import Peer
from relay.quality import Judgement
from signaling.calls import consenting, leaving
from signaling.calls.lifetime import QUALITY_SECONDS
from signaling.kernel.words import Condition
from signaling.recordings.resources import PauseRequest, RecordingGap
from signaling.recordings.timeline import timeline
from tests.patience import until
from tests.signaling.calls.meeting import Meeting
from tests.signaling.manual_clock import START
from tests.signaling.practice import all_written, open_practice
from tests.signaling.recordings.capturing import connected, the_recording
from tests.signaling.recordings.saying import Voice, recorded_again

QUALITY = timedelta(seconds=QUALITY_SECONDS)


def in_ms(time: timedelta) -> int:
    return round(time / timedelta(milliseconds=1))


def gap(begin_ms: int, end_ms: int, asked_until_ms: int) -> RecordingGap:
    request = PauseRequest(
        user_id="p", name="Alex", side="patient", begin_ms=begin_ms, end_ms=asked_until_ms
    )
    return RecordingGap(
        offset_ms=begin_ms,
        duration_ms=end_ms - begin_ms,
        reason="off_the_record",
        requests=[request],
    )


def test_who_goes_back_on_the_record_is_told_unless_the_recording_ended_before() -> None:
    gaps = [gap(1000, 4000, 2500), gap(6000, 9000, 9000)]
    told = timeline(START, 6000, [], gaps, [])
    assert [(event.at_ms, event.kind) for event in told.events] == [
        (1000, "off_the_record"),
        (2500, "on_the_record"),
        (6000, "off_the_record"),
    ]


async def test_consents_pauses_and_connections_have_their_places(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    word: Condition = "excellent"
    monkeypatch.setattr(Peer, "quality", lambda _: Judgement(word))
    async with open_practice(tmp_path, database_url=database_url) as practice:
        room_id, pages, clients = await connected(practice, recording=True, consent=True)
        for client in clients:
            practice.stay(client)
        provider, patient = pages
        await until(lambda: provider.recording_states()[-1:] == ["recording"])
        began = practice.clock.now()
        meeting = Meeting(practice, room_id, *pages)
        guest = await meeting.comes_in("ines", consent=True)
        guest_client = await practice.connect(guest, room_id)
        practice.stay(guest_client)
        await recorded_again(practice, provider)
        await practice.clock.advance(6)
        await consenting.ask_off_the_record(practice.calls, patient, room_id, off=True)
        await asyncio.sleep(0)  # positions of gaps are told by the machine's own clock
        await consenting.ask_off_the_record(practice.calls, patient, room_id, off=False)
        await recorded_again(practice, provider)
        await Voice(clients[0]).say(b"again")  # one that ends there has nobody taking that back
        await meeting.remove(guest)
        at_removal = practice.clock.now()
        word, worse_from = "poor", practice.clock.now()
        await practice.clock.advance(6)
        await consenting.decide(practice.calls, patient, room_id, given=False)
        withdrawn_at = practice.clock.now()
        await practice.clock.advance(2)
        await leaving.hang_up(practice.calls, practice.patient, room_id)
        await all_written(practice.calls)
        detail = await the_recording(practice)
        assert detail.recording.started_at == began
        events = detail.timeline.events
        steps = [(event.side, event.kind) for event in events]
        assert sorted(steps) == [
            ("interpreter", "given"),
            ("patient", "given"),
            ("patient", "off_the_record"),
            ("patient", "on_the_record"),
            ("patient", "withdrawn"),
            ("provider", "given"),
        ]
        [withdrawn] = [event for event in events if event.kind == "withdrawn"]
        assert withdrawn.at_ms == in_ms(withdrawn_at - began)
        told = {
            user_id: [one for one in detail.timeline.connections if one.user_id == user_id]
            for user_id in ("provider", "ines")
        }
        [usual, worse] = told["provider"]
        assert (usual.condition, worse.condition, usual.end_ms) == (
            "excellent",
            "poor",
            worse.begin_ms,
        )
        assert 0 < worse.begin_ms - in_ms(worse_from - began) <= in_ms(QUALITY)
        assert worse.end_ms == in_ms(practice.clock.now() - began)
        [all_of_it] = told["ines"]
        assert all_of_it.end_ms == in_ms(at_removal - began)
