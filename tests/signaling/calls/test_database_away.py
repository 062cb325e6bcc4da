"""The database goes away in a recorded call: requests fail visibly, the call stays up,
nothing is lost.
"""

import asyncio
from pathlib import Path

import pytest

from signaling.calls import consenting, inviting, leaving
from signaling.calls.messages import CallEnded
from signaling.kernel.limits import Limits
from signaling.websocket.conversation import Conversation
from signaling.websocket.messages import ErrorMessage
from storage.errors import DatabaseUnavailable
from tests.patience import until
from tests.signaling.practice import Practice, open_practice
from tests.support.postgresql import PostgreSQL
from tests.talking import talking


async def test_a_call_outlives_its_database(postgresql: PostgreSQL, tmp_path: Path) -> None:
    async with open_practice(tmp_path, database_url=await postgresql.new_database()) as practice:
        room_id, provider, patient = await practice.running(recording=True, consent=True)
        clients = (
            await practice.connect(provider, room_id),
            await practice.connect(patient, room_id),
        )
        await until(lambda: provider.recording_states()[-1] == "recording")
        async with talking(*clients):
            await until(lambda: practice.relay.room(room_id).bytes_relayed > 100_000)
            postgresql.stop()
            await requests_fail_visibly(practice)

            relayed = practice.relay.room(room_id).bytes_relayed
            await until(lambda: practice.relay.room(room_id).bytes_relayed > relayed + 50_000)
            assert not provider.all(CallEnded)

            await consenting.decide(practice.calls, patient, room_id, given=False)
            assert provider.recording_states()[-1] == "stopped"
        postgresql.start()
        while "consent.withdrawn" not in await practice.actions(room_id):
            await let_retry(practice)
        while await part_states(practice) != ["sealed", "sealed"]:
            await let_retry(practice)
        await practice.clock.advance(1)
        assert await leaving.hang_up(practice.calls, practice.provider, room_id) >= 1


async def let_retry(practice: Practice) -> None:
    await practice.clock.advance(5)
    await asyncio.sleep(0.05)


async def part_states(practice: Practice) -> list[str]:
    [recording] = (await practice.playbacks.list(practice.compliance, None)).recordings
    detail = await practice.playbacks.detail(practice.compliance, recording.recording_id)
    return [part.state for part in detail.parts]


async def requests_fail_visibly(practice: Practice) -> None:
    with pytest.raises(DatabaseUnavailable):
        await inviting.initiate(practice.calls, practice.other_provider, "other_patient")
    page = practice.page(practice.patient)
    await Conversation(page, practice.calls, practice.chat, Limits()).hear(
        '{"type": "call_end", "room_id": "never-was"}'
    )
    assert page.last(ErrorMessage).code == "database_unavailable"


async def test_time_that_runs_out_meanwhile_ends_the_call_at_once(
    postgresql: PostgreSQL, tmp_path: Path
) -> None:
    async with open_practice(tmp_path, database_url=await postgresql.new_database()) as practice:
        provider = practice.page(practice.provider)
        room_id = await practice.ring()
        postgresql.stop()
        await practice.clock.advance(45)
        assert provider.last(CallEnded).reason == "missed"
        postgresql.start()
        assert (await practice.row(room_id)).call_status == "missed"
