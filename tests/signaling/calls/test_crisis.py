"""A crisis in a call: it does not end by itself any more, until its provider says that it is over;
and how a provider ends it for everybody at once.
"""

from datetime import timedelta
from pathlib import Path

import pytest

from signaling import config
from signaling.calls import answering, crises, extending, inviting, joining, leaving
from signaling.calls.messages import CallEnded, CallJoined, CallLimit, CallWarning
from signaling.kernel.errors import Conflict, NotAllowed, NotFound
from tests.patience import until
from tests.signaling.practice import Practice, all_written, open_practice

HALF_AN_HOUR = config.Calls(max_duration_minutes=30, reconnect_seconds=60)


async def test_a_call_in_a_crisis_has_no_limit_and_has_as_much_left_afterwards(
    tmp_path: Path,
) -> None:
    async with open_practice(tmp_path, limits=HALF_AN_HOUR) as practice:
        room_id, provider, patient = await practice.meeting()
        await practice.clock.advance(20 * 60)
        await crises.begin(practice.calls, practice.patient, room_id)
        for page in (provider, patient):
            assert page.last(CallLimit).ends_at is None
        await practice.clock.advance(3 * 3600)
        assert not patient.all(CallEnded)
        assert not patient.all(CallWarning)
        with pytest.raises(Conflict, match="crisis_stands"):
            await extending.extend(practice.calls, practice.provider, room_id, 15)
        with pytest.raises(NotAllowed, match="forbidden"):
            await crises.end(practice.calls, practice.patient, room_id)
        await crises.end(practice.calls, practice.provider, room_id)
        assert patient.last(CallLimit).ends_at == practice.clock.now() + timedelta(minutes=10)
        with pytest.raises(NotFound, match="no_crisis"):
            await crises.end(practice.calls, practice.provider, room_id)
        await practice.clock.advance(10 * 60)
        await all_written(practice.calls)
        assert patient.last(CallEnded).reason == "max_duration"
        assert "call.crisis_over" in await practice.actions(room_id)


async def test_over_in_the_last_seconds_leaves_the_time_of_the_warning_and_warns(
    tmp_path: Path,
) -> None:
    async with open_practice(tmp_path, limits=HALF_AN_HOUR) as practice:
        room_id, provider, patient = await practice.meeting()
        await practice.clock.advance(30 * 60 - 5)
        warned = len(patient.all(CallWarning))
        await crises.begin(practice.calls, practice.patient, room_id)
        await practice.clock.advance(3600)
        await crises.end(practice.calls, practice.provider, room_id)
        ends_at = practice.clock.now() + timedelta(minutes=5)
        for page in (provider, patient):
            assert page.last(CallLimit).ends_at == ends_at
            assert len(page.all(CallWarning)) == warned + 1
            assert page.last(CallWarning).ends_at == ends_at
            assert isinstance(page.sent[-1], CallWarning), "after the limit that it is about"
        await practice.clock.advance(5 * 60 - 1)
        assert not patient.all(CallEnded)
        await practice.clock.advance(1)
        await all_written(practice.calls)
        assert patient.last(CallEnded).reason == "max_duration"


async def test_it_waits_for_who_is_lost_as_long_as_the_other_is_there(tmp_path: Path) -> None:
    async with open_practice(tmp_path, limits=HALF_AN_HOUR) as practice:
        room_id, provider, patient = await practice.running()
        practice.stay(await practice.connect(provider, room_id))
        await crises.begin(practice.calls, practice.provider, room_id)
        await practice.clock.advance(10 * 60)
        assert not provider.all(CallEnded)
        again = await practice.rejoin(practice.page(practice.patient), room_id)
        assert isinstance(again, CallJoined)
        assert again.ends_at is None
        await crises.end(practice.calls, practice.provider, room_id)
        await practice.clock.advance(61)
        await all_written(practice.calls)
        assert provider.last(CallEnded).reason == "participant_lost"
        assert patient.actor.user_id == "patient"


async def test_one_that_nobody_is_in_ends_all_the_same(tmp_path: Path) -> None:
    async with open_practice(tmp_path, limits=HALF_AN_HOUR) as practice:
        room_id, provider, _ = await practice.running()
        await crises.begin(practice.calls, practice.provider, room_id)
        await practice.clock.advance(61)
        await all_written(practice.calls)
        assert provider.last(CallEnded).reason == "participant_lost"


async def test_raised_while_it_rings_it_stands_once_it_is_accepted(tmp_path: Path) -> None:
    async with open_practice(tmp_path, limits=HALF_AN_HOUR) as practice:
        provider, patient = practice.page(practice.provider), practice.page(practice.patient)
        room_id = await practice.ring()
        await joining.join(practice.calls, provider, room_id)
        await crises.begin(practice.calls, practice.provider, room_id)
        await answering.accept(practice.calls, practice.patient, room_id, recording_consent=False)
        assert (await practice.join(patient, room_id)).ends_at is None


async def test_a_provider_ends_it_for_everybody_at_once_and_each_is_told(
    practice: Practice,
) -> None:
    room_id, provider, patient = await practice.meeting()
    await inviting.invite(
        practice.calls,
        practice.provider,
        room_id,
        "other_provider",
        "supervisor",
        required=False,
    )
    colleague = practice.page(practice.other_provider)
    await answering.accept(
        practice.calls, practice.other_provider, room_id, recording_consent=False
    )
    with pytest.raises(NotAllowed, match="forbidden"):
        await leaving.disconnect(practice.calls, practice.patient, room_id)
    peers = practice.relay.room(room_id).peers
    assert peers
    await leaving.disconnect(practice.calls, practice.provider, room_id)
    assert not peers, "no media go on when it returns"
    for page in (provider, patient, colleague):
        told = page.last(CallEnded)
        assert (told.reason, told.ended_by) == ("disconnected", "provider")
    with pytest.raises(Conflict, match="call_over"):
        await leaving.disconnect(practice.calls, practice.provider, room_id)
    await all_written(practice.calls)
    row = await practice.row(room_id)
    assert (row.call_status, row.end_reason) == ("ended", "disconnected")
    [ended] = [one for one in await practice.log(room_id) if one.action == "call.ended"]
    assert ended.detail["reason"] == "disconnected"


async def test_a_call_that_rings_is_cancelled_not_disconnected(practice: Practice) -> None:
    room_id = await practice.ring()
    with pytest.raises(Conflict, match="call_still_ringing"):
        await leaving.disconnect(practice.calls, practice.provider, room_id)
    await until(lambda: practice.calls.find(room_id) is not None)
