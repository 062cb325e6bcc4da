"""A still of a moment is in the log before a page makes it, whoever has the recording's key."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from signaling.kernel.errors import NotAllowed
from signaling.recordings.keys import settle_keys
from storage import audit
from storage.people.playback_grants import Why
from storage.vault.keys.chain import KeyChain
from storage.vault.keys.sealed import PrivateKey
from storage.vault.keys.sealing import SealingKeys
from tests.signaling.manual_clock import START
from tests.signaling.practice import Practice, key_folder, open_practice
from tests.signaling.recordings.recorded import record

WHY = Why("HLEGAL", "Complaint of 3 March")


@pytest.fixture(params=["file", "sealed"])
async def practice(
    request: pytest.FixtureRequest, tmp_path: Path, database_url: str
) -> AsyncIterator[Practice]:
    folder = key_folder(tmp_path)
    sealing = SealingKeys(PrivateKey(bytes(range(32))).public)
    keys = KeyChain(sealing, folder) if request.param == "sealed" else folder
    async with open_practice(tmp_path, database_url=database_url, keys=keys) as practice:
        await settle_keys(practice.database, keys, START)
        yield practice


async def test_a_still_is_in_the_log_with_its_moment_and_reason_and_for_nobody_else(
    practice: Practice,
) -> None:
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    recording_id = (await record(practice.recordings.archive, session_id, room_id)).id
    playback = await practice.playbacks.open(practice.compliance, recording_id, WHY)
    assert playback.may_save
    grant = recording_id, playback.playback_id, 1234
    still = await practice.stills.take(practice.compliance, *grant)
    assert still.viewer_name == practice.compliance.name
    for actor, refusal in (
        (practice.provider, "forbidden"),
        (practice.admin, "forbidden"),
    ):
        with pytest.raises(NotAllowed, match=refusal):
            await practice.stills.take(actor, *grant)
    with pytest.raises(NotAllowed, match="playback_expired"):
        await practice.stills.take(practice.compliance, recording_id, "another", 0)
    async with practice.database.reading() as tx:
        found = await audit.for_recording(tx, recording_id)
    assert [
        (one.event.at, one.event.detail)
        for one in found
        if one.event.action == "recording.still_taken"
    ] == [
        (
            still.taken_at,
            {
                "position_ms": 1234,
                "purpose_of_event": "HLEGAL",
                "reason": "Complaint of 3 March",
            },
        )
    ]
