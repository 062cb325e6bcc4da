"""The provider lets a call last longer, and everybody is told until when."""

from datetime import timedelta
from pathlib import Path

import pytest

from signaling import config
from signaling.calls import extending, inviting
from signaling.calls.messages import CallEnded, CallExtended, CallWarning
from signaling.kernel.errors import Conflict, NotAllowed
from tests.signaling.practice import Practice, all_written, open_practice


async def test_a_call_lasts_longer_and_warns_again(tmp_path: Path) -> None:
    async with open_practice(tmp_path, limits=config.Calls(max_duration_minutes=30)) as practice:
        room_id, provider, patient = await practice.meeting()
        await practice.clock.advance(26 * 60)
        ends_at = await extending.extend(practice.calls, practice.provider, room_id, 15)
        assert ends_at == practice.clock.now() + timedelta(minutes=19)
        for page in (provider, patient):
            told = page.last(CallExtended)
            assert (told.ends_at, told.minutes) == (ends_at, 15)
        await practice.clock.advance(14 * 60)
        assert len(patient.all(CallWarning)) == 2
        assert not patient.all(CallEnded)
        await practice.clock.advance(5 * 60)
        await all_written(practice.calls)
        assert patient.last(CallEnded).duration_minutes == 45
        assert "call.extended" in await practice.actions(room_id)


async def test_only_its_provider_extends_a_call_and_by_an_hour_in_all(practice: Practice) -> None:
    room_id, _, _ = await practice.meeting()
    with pytest.raises(NotAllowed, match="forbidden"):
        await extending.extend(practice.calls, practice.patient, room_id, 15)
    await extending.extend(practice.calls, practice.provider, room_id, 50)
    with pytest.raises(Conflict, match="call_extended_enough") as refused:
        await extending.extend(practice.calls, practice.provider, room_id, 15)
    assert refused.value.parameters == {"limit": 60, "left": 10}
    await extending.extend(practice.calls, practice.provider, room_id, 10)


async def test_a_call_that_rings_is_not_extended(practice: Practice) -> None:
    room_id = await inviting.initiate(practice.calls, practice.provider, "patient")
    with pytest.raises(Conflict, match="call_still_ringing"):
        await extending.extend(practice.calls, practice.provider, room_id, 15)
