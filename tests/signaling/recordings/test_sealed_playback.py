"""A sealed recording in the browser of whoever has its key: what the server gives them, and what
the log has of it.
"""

import base64
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from relay.recorder import PartDescription
from signaling.kernel.errors import Conflict, Damaged, DomainError, NotAllowed
from signaling.recordings.keys import settle_keys
from signaling.recordings.recovery import recover_recording
from signaling.recordings.resources import Playback, ProvedRow, SealedRecording
from storage import audit
from storage.models import Recording, RecordingPart
from storage.people.playback_grants import Why
from storage.vault.keys import DataKey
from storage.vault.keys.chain import KeyChain
from storage.vault.keys.sealed import PrivateKey
from storage.vault.keys.sealing import SealingKeys
from storage.vault.partfile import PartFile, tail_path
from tests.signaling.manual_clock import START
from tests.signaling.practice import Practice, key_folder, open_practice
from tests.signaling.recordings.recorded import browser, record

KEY = PrivateKey(bytes(range(32)))
WHY = Why("HLEGAL", "Complaint of 3 March")
TOLD = {"purpose_of_event": "HLEGAL", "reason": "Complaint of 3 March"}


@pytest.fixture
async def practice(tmp_path: Path, database_url: str) -> AsyncIterator[Practice]:
    keys = KeyChain(SealingKeys(KEY.public), key_folder(tmp_path))
    async with open_practice(tmp_path, database_url=database_url, keys=keys) as practice:
        await settle_keys(practice.database, keys, START)
        yield practice


@pytest.fixture
async def recording_id(practice: Practice) -> str:
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    return (await record(practice.recordings.archive, session_id, room_id)).id


async def granted(practice: Practice, recording_id: str) -> tuple[Playback, SealedRecording]:
    playback = await practice.playbacks.open(practice.compliance, recording_id, WHY)
    assert playback.sealed
    return playback, playback.sealed


async def logged(practice: Practice, recording_id: str, action: str) -> list[audit.Detail]:
    async with practice.database.reading() as tx:
        found = await audit.for_recording(tx, recording_id)
    return [entry.event.detail for entry in found if entry.event.action == action]


def is_proved(proved: ProvedRow, purpose: bytes, key: DataKey) -> bool:
    derived = HKDFExpand(SHA512(), 32, purpose + b"\0").derive(key.key)
    return hmac.digest(derived, proved.row.encode(), "sha256").hex() == proved.mac


def file_of(practice: Practice, recording_id: str) -> Path:
    [file] = (practice.recordings.archive.folder / recording_id).glob("*.part")
    return file


async def test_whoever_says_why_is_given_what_their_key_opens_and_proves(
    practice: Practice, recording_id: str
) -> None:
    _, sealed = await granted(practice, recording_id)
    assert sealed.key_id == KEY.public.key_id
    key = KEY.unwrap(base64.b64decode(sealed.wrapped_key), sealed.recording_id)
    assert is_proved(sealed.proved, b"carelay recording metadata 1", key)
    [part] = sealed.parts
    assert is_proved(part.proved, b"carelay part metadata 1", key)
    assert json.loads(sealed.proved.row)["parts"] == {part.part_id: part.proved.mac}
    assert json.loads(part.proved.row)["participant_id"] == "patient"
    [used] = [
        one for one in await logged(practice, recording_id, "key.used") if "browser" in one.values()
    ]
    assert used["key_id"] == sealed.key_id
    assert await logged(practice, recording_id, "recording.played") == [TOLD]


async def test_the_file_is_read_by_ranges_as_it_is_stored_each_written_down_first(
    practice: Practice, recording_id: str
) -> None:
    _, sealed = await granted(practice, recording_id)
    stored = file_of(practice, recording_id).read_bytes()
    url = sealed.parts[0].url or ""
    async with browser(practice, practice.compliance) as client:
        reply = await client.get(url, headers={"Range": "bytes=96-16495"})
        assert (reply.status, await reply.read()) == (206, stored[96:16496])
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers["Content-Range"] == f"bytes 96-16495/{len(stored)}"
        assert (await client.get(f"{url}&tail=true")).status == 200
    assert await logged(practice, recording_id, "recording.streamed") == [
        {"first": 96, "last": 16495, "of": len(stored), "file": "sealed", **TOLD}
    ]
    async with browser(practice, practice.admin) as client:
        assert (await client.get(url)).status == 403


async def test_only_within_a_playback_of_ones_own_and_of_a_sealed_recording(
    practice: Practice, recording_id: str
) -> None:
    playback, sealed = await granted(practice, recording_id)
    of = practice.compliance, recording_id
    part_id = sealed.parts[0].part_id
    sealed_playbacks = practice.sealed_playbacks
    for attempt in (
        sealed_playbacks.file(*of, part_id, "another", tail=False),
        sealed_playbacks.key_opened(*of, "another"),
        sealed_playbacks.damaged(*of, "another", part_id),
    ):
        with pytest.raises(NotAllowed, match="playback_expired"):
            await attempt
    for attempt in (
        sealed_playbacks.file(
            practice.admin, recording_id, part_id, playback.playback_id, tail=False
        ),
        sealed_playbacks.key_opened(practice.provider, recording_id, playback.playback_id),
    ):
        with pytest.raises(NotAllowed, match="forbidden"):
            await attempt
    async with practice.database.transaction() as tx:
        await tx.execute(sa.update(Recording).values(key_id="0123456789abcdef"))
    for attempt in (
        sealed_playbacks.file(*of, part_id, playback.playback_id, tail=False),
        sealed_playbacks.key_opened(*of, playback.playback_id),
    ):
        with pytest.raises(Conflict, match="recording_not_sealed"):
            await attempt


async def test_what_the_browser_tells_is_in_the_log(practice: Practice, recording_id: str) -> None:
    playback, sealed = await granted(practice, recording_id)
    of = practice.compliance, recording_id, playback.playback_id
    await practice.sealed_playbacks.key_opened(*of)
    assert await logged(practice, recording_id, "key.opened") == [
        {"key_id": KEY.public.key_id, **TOLD}
    ]
    await practice.sealed_playbacks.damaged(*of, sealed.parts[0].part_id)
    await practice.sealed_playbacks.damaged(*of, None)
    with pytest.raises(DomainError, match="unknown_part"):
        await practice.sealed_playbacks.damaged(*of, "no part")
    assert await logged(practice, recording_id, "recording.damaged") == 2 * [
        {"found_by": "browser"}
    ]
    assert recording_id in practice.recordings.damaged


@pytest.mark.parametrize("path", ["../keys/recording.key", "/etc/passwd", "gone.part"])
async def test_a_row_that_was_changed_leads_to_no_other_file(
    practice: Practice, recording_id: str, path: str
) -> None:
    playback, sealed = await granted(practice, recording_id)
    async with practice.database.transaction() as tx:
        await tx.execute(sa.update(RecordingPart).values(path=path))
    of = practice.compliance, recording_id, sealed.parts[0].part_id, playback.playback_id
    with pytest.raises(Damaged, match="recording_damaged"):
        await practice.sealed_playbacks.file(*of, tail=False)


async def test_a_torn_part_is_given_with_its_tail(practice: Practice) -> None:
    archive = practice.recordings.archive
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    begun = await archive.create(session_id, room_id)
    described = PartDescription("patient", "camera", "video/webm", 0)
    identity, path = await archive.add_part(begun, described)
    part = PartFile(path, begun.data_key.key, identity)
    part.append(b"the beginning")
    part.sync()
    part.abandon()
    async with practice.database.reading() as tx:
        row = await tx.get_one(Recording, begun.id)
    assert await recover_recording(archive, row)
    _, sealed = await granted(practice, begun.id)
    [torn] = sealed.parts
    assert json.loads(torn.proved.row)["state"] == "recording", "as it was written"
    assert is_proved(torn.proved, b"carelay part metadata 1", begun.data_key)
    async with browser(practice, practice.compliance) as client:
        assert await (await client.get(torn.tail_url or "")).read() == tail_path(path).read_bytes()
        assert await (await client.get(torn.url or "")).read() == path.read_bytes()
    files = [one["file"] for one in await logged(practice, begun.id, "recording.streamed")]
    assert files == ["tail", "sealed"]
