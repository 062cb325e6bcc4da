"""A practice whose recordings are wrapped by a key in a security module, on both databases."""

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from signaling.calls import leaving
from signaling.recordings.keys import refuse_wrong_key, settle_keys
from signaling.recordings.recovery import recover_recording
from signaling.recordings.rotation import rotate_all, rotate_to_service
from storage.errors import KeyServiceAway, WrongKey
from storage.models import AuditRow, Recording
from storage.vault.keys import KeyProvider
from storage.vault.keys.chain import KeyChain
from storage.vault.keys.hsm import HsmKey, Slot
from storage.vault.keys.service import Bound, ServiceKeys
from tests.signaling.manual_clock import START
from tests.signaling.practice import Practice, key_folder, open_practice
from tests.signaling.recordings.recorded import FILE, begin_part, browser, opened, record


@dataclass
class Cable:
    """To the module; it can be pulled."""

    key: HsmKey
    is_pulled: bool = False

    @property
    def key_id(self) -> str:
        return self.key.key_id

    def encrypt(self, data_key: bytes, bound: Bound) -> bytes:
        self._require()
        return self.key.encrypt(data_key, bound)

    def decrypt(self, sealed: bytes, bound: Bound) -> bytes:
        self._require()
        return self.key.decrypt(sealed, bound)

    def _require(self) -> None:
        if self.is_pulled:
            raise KeyServiceAway("The module is not there.")


@pytest.fixture
def cable(hsm_slot: Slot) -> Cable:
    key = HsmKey(hsm_slot)
    assert key.create()
    return Cable(key)


async def recorded(practice: Practice) -> str:
    """A new recording."""
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    made = (await record(practice.recordings.archive, session_id, room_id)).id
    await leaving.hang_up(practice.calls, practice.provider, room_id)
    return made


async def rows(practice: Practice) -> list[Recording]:
    async with practice.database.reading() as tx:
        return list(await tx.scalars(sa.select(Recording).order_by(Recording.id)))


async def plays_all(practice: Practice) -> int:
    """How many recordings there are: all of them play, as they were recorded."""
    listed = (await practice.playbacks.list(practice.compliance, None)).recordings
    async with browser(practice, practice.compliance) as client:
        for recording in listed:
            async with client.get((await opened(practice, recording))[1]) as response:
                assert await response.read() == FILE
            detail = await practice.playbacks.detail(practice.compliance, recording.recording_id)
            assert detail.authenticity == "authentic"
    return len(listed)


async def test_recordings_move_from_a_key_file_into_the_module_and_back(
    tmp_path: Path, database_url: str, cable: Cable
) -> None:
    """Each start is of a server with another configuration."""
    file, module = key_folder(tmp_path), ServiceKeys(cable)
    starts: tuple[KeyProvider, ...] = (file, KeyChain(module, file), KeyChain(file, module))
    for count, keys in enumerate(starts, 1):
        async with open_practice(tmp_path, database_url=database_url, keys=keys) as practice:
            await settle_keys(practice.database, keys, START)
            await recorded(practice)
            assert await plays_all(practice) == count
            changes = await _details(practice, "key.changed")
    ids = file.key_id, module.key_id, file.key_id
    assert changes == [{"old_key": old, "new_key": new} for old, new in pairwise(ids)]

    keys = KeyChain(module, file)
    async with open_practice(tmp_path, database_url=database_url, keys=keys) as practice:
        await settle_keys(practice.database, keys, START)
        done = await rotate_to_service(practice.database, keys, lambda: START, batch=1)
        assert (done.new, done.recordings, done.closed) == (module.key_id, 2, [])
    async with open_practice(tmp_path, database_url=database_url, keys=module) as practice:
        await refuse_wrong_key(practice.database, module)
        assert {row.key_id for row in await rows(practice)} == {module.key_id}
        assert await plays_all(practice) == 3

    async with open_practice(tmp_path, database_url=database_url, keys=file) as practice:
        with pytest.raises(WrongKey, match=f"need key {module.key_id}, but this server has"):
            await settle_keys(practice.database, file, START)
        done = await rotate_all(
            practice.database, file, lambda: START, KeyChain(file, module), batch=2
        )
        assert (done.recordings, done.closed) == (3, [])
        assert await plays_all(practice) == 3


async def _details(practice: Practice, action: str) -> list[object]:
    async with practice.database.reading() as tx:
        found = await tx.scalars(
            sa.select(AuditRow.detail).where(AuditRow.action == action).order_by(AuditRow.id)
        )
        return [json.loads(detail) for detail in found]


async def test_a_rotation_to_another_key_is_finished_first(
    tmp_path: Path, database_url: str, cable: Cable
) -> None:
    file, module = key_folder(tmp_path), ServiceKeys(cable)
    async with open_practice(tmp_path, database_url=database_url, keys=module) as practice:
        await settle_keys(practice.database, module, START)
        await recorded(practice)
        cable.is_pulled = True
        with pytest.raises(KeyServiceAway):
            await rotate_all(practice.database, file, lambda: START, KeyChain(file, module))
        with pytest.raises(WrongKey, match=f"A rotation to key {file.key_id} was begun: finish"):
            await rotate_to_service(practice.database, module, lambda: START)
        cable.is_pulled = False
        done = await rotate_all(practice.database, file, lambda: START, KeyChain(file, module))
        assert (done.recordings, done.closed) == (1, [])


async def test_while_the_module_is_away_nothing_is_lost_and_everybody_is_told(
    tmp_path: Path, database_url: str, cable: Cable
) -> None:
    keys = ServiceKeys(cable)
    async with open_practice(tmp_path, database_url=database_url, keys=keys) as practice:
        await settle_keys(practice.database, keys, START)
        await recorded(practice)
        archive = practice.recordings.archive
        room_id = await practice.ring(recording=True)
        session_id = (await practice.log(room_id))[0].session_id or ""
        torn = await archive.create(session_id, room_id)
        await begin_part(archive, torn, "patient", b"too little to play")
        archive._keys = fresh = ServiceKeys(cable)
        cable.is_pulled = True

        listed = (await practice.playbacks.list(practice.compliance, None)).recordings
        [first] = [recording for recording in listed if recording.recording_id != torn.id]
        playback, url = await opened(practice, first)
        assert playback.urls
        async with browser(practice, practice.compliance) as client, client.get(url) as response:
            assert (response.status, (await response.json())["code"]) == (503, "recording_key_away")
            assert response.headers["Retry-After"] == "10"
        detail = await practice.playbacks.detail(practice.compliance, first.recording_id)
        assert detail.authenticity == "unknown"
        with pytest.raises(KeyServiceAway):
            await archive.create(session_id, room_id)
        [row] = [row for row in await rows(practice) if row.id == torn.id]
        assert not await recover_recording(archive, row), "it is tried again later"

        cable.is_pulled = False
        assert await recover_recording(archive, row)
        assert await fresh.holds(row.key_id)
        async with browser(practice, practice.compliance) as client, client.get(url) as response:
            assert await response.read() == FILE
