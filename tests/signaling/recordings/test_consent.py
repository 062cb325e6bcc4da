"""Consent: what a decision is called, what is kept of it, and when it allows a recording."""

import asyncio
import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from signaling.calls import consenting
from signaling.kernel.words import CaptureReason
from signaling.recordings import consent
from signaling.recordings.rule import Attendance, Circumstances, wanted
from storage.calls import consents, telemedicine_sessions
from tests.signaling.practice import Page, all_written, open_practice


@pytest.mark.parametrize(
    ("standing", "given", "decision"),
    [
        (None, True, "given"),
        (None, False, "declined"),
        (True, False, "withdrawn"),
        (False, True, "given"),
        (False, False, "declined"),
    ],
)
def test_what_a_decision_is_called(standing: bool | None, given: bool, decision: str) -> None:
    assert consent.decision(standing, given) == decision


async def test_every_answer_is_one_more_row_that_tells_all(tmp_path: Path) -> None:
    async with open_practice(tmp_path) as practice:
        room_id, _, patient = await practice.running(recording=True, consent=True)
        await consenting.decide(practice.calls, patient, room_id, given=False)
        await consenting.decide(practice.calls, patient, room_id, given=False)
        await consenting.decide(practice.calls, patient, room_id, given=True)
        await all_written(practice.calls)
        async with practice.database.transaction() as tx:
            found = await telemedicine_sessions.by_room(tx, room_id)
            assert found
            rows = [named.consent for named in await consents.for_session(tx, found.session.id)]
        assert [(row.user_id, row.decision) for row in rows] == [
            ("provider", "given"),
            ("patient", "given"),
            ("patient", "withdrawn"),
            ("patient", "given"),
        ]
        text = practice.settings.consent.all[0]
        for row in rows:
            assert (row.text_id, row.text_version, row.text_sha256, row.language) == (
                text.id,
                text.version,
                text.sha256,
                text.language,
            )
            assert (row.at, row.address, row.user_agent) == (
                practice.clock.now(),
                "192.0.2.7",
                "Test/1",
            )


async def test_a_no_from_a_second_page_stands_against_a_yes_that_is_still_being_written(
    tmp_path: Path,
) -> None:
    async with open_practice(tmp_path) as practice:
        room_id, provider, patient = await practice.running(recording=True, consent=False)
        async with practice.database.transaction():  # the yes has to wait for it
            yes = asyncio.create_task(
                consenting.decide(practice.calls, patient, room_id, given=True)
            )
            await asyncio.sleep(0)
            second = Page(practice.patient)
            await practice.rejoin(second, room_id)
            await consenting.decide(practice.calls, second, room_id, given=False)
        await yes
        await all_written(practice.calls)
        assert "recording" not in provider.recording_states()
        assert (await practice.rejoin(second, room_id)).recording_consent is False
        assert (await practice.row(room_id)).recording_consent_given is False


async def test_a_yes_after_a_no_counts_once_it_is_written_itself(tmp_path: Path) -> None:
    async with open_practice(tmp_path) as practice:
        room_id, _, patient = await practice.running(recording=True, consent=False)
        call = practice.calls.find(room_id)
        assert call

        async def says(given: bool) -> None:
            await consenting.decide(practice.calls, patient, room_id, given=given)

        async with practice.database.transaction():  # all of it has to wait for it
            first = asyncio.create_task(says(True))
            await asyncio.sleep(0)
            await says(False)
            second = asyncio.create_task(says(True))
            await asyncio.sleep(0)
        await first
        assert call.patient.consent is second.done(), "by the second yes, not by the first one"
        await second
        assert call.patient.consent is True
        await all_written(practice.calls)
        assert (await practice.row(room_id)).recording_consent_given is True


YES, NO, UNASKED = (Attendance(consent, connected=True) for consent in (True, False, None))


OFF = replace(YES, off_the_record=True)
FAILURES: tuple[CaptureReason | None, ...] = (None, "no_space")


def test_recording_needs_everything_at_once() -> None:
    answers = (None, False, True)
    for on, first, second, here, there, failure in itertools.product(
        (False, True), answers, answers, (False, True), (False, True), FAILURES
    ):
        people = Attendance(first, connected=here), Attendance(second, connected=there)
        state = wanted(Circumstances(on, people, failure)).state
        everything = on and first is True and second is True and here and there and failure is None
        assert (state == "recording") == everything


@pytest.mark.parametrize(
    ("circumstances", "state", "reason"),
    [
        (Circumstances(False, (YES, YES), "no_space"), "off", None),
        (Circumstances(True, (YES, YES), "no_space"), "failed", "no_space"),
        (Circumstances(True, (YES, NO)), "stopped", "refused"),
        (Circumstances(True, (YES, OFF)), "paused", "off_the_record"),
        (Circumstances(True, (OFF, NO), "no_space"), "paused", "off_the_record"),
        (
            Circumstances(True, (YES, YES, replace(OFF, required=False, here=False))),
            "paused",
            "off_the_record",
        ),
        (
            Circumstances(True, (YES, YES, replace(OFF, required=False, recorded=False))),
            "paused",
            "off_the_record",
        ),
        (Circumstances(False, (OFF, YES)), "off", None),
        (Circumstances(True, (NO, UNASKED)), "stopped", "refused"),
        (Circumstances(True, (YES, UNASKED)), "awaiting_consent", None),
        (Circumstances(True, (YES, replace(YES, connected=False))), "paused", "disconnected"),
        (Circumstances(True, (YES, YES, replace(NO, required=False))), "stopped", "refused"),
        (
            Circumstances(True, (YES, YES, replace(UNASKED, required=False))),
            "awaiting_consent",
            None,
        ),
    ],
)
def test_why_it_is_not_recording(
    circumstances: Circumstances, state: str, reason: CaptureReason | None
) -> None:
    assert (wanted(circumstances).state, wanted(circumstances).reason) == (state, reason)


@pytest.mark.parametrize(
    "guest",
    [
        replace(NO, required=False, connected=False, here=False),
        replace(UNASKED, required=False, connected=False, here=False),
        replace(YES, required=False, connected=False),
        replace(UNASKED, required=False, recorded=False),
    ],
)
def test_a_guest_who_is_away_or_not_recorded_stops_nothing(guest: Attendance) -> None:
    assert wanted(Circumstances(True, (YES, YES, guest))).state == "recording"
