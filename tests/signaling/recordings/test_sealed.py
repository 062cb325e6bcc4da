"""Recordings that are sealed: the server writes them, whoever has the private key opens them."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from msgspec import structs

from relay.recorder import PartDescription
from signaling.calls import leaving
from signaling.kernel.errors import Conflict
from signaling.recordings.keys import settle_keys
from signaling.recordings.opening import Opened, open_export
from signaling.recordings.recovery import recover_recording
from signaling.recordings.rotation import rotate_all
from storage.bundle import Folder
from storage.bundle.check import check
from storage.errors import InvalidExport, WrongKey
from storage.models import AuditRow, Recording, RecordingPart
from storage.recordings import exports, recording_keys
from storage.recordings.exports import Export
from storage.rows import properties
from storage.vault.keys import DataKey
from storage.vault.keys.chain import KeyChain
from storage.vault.keys.sealed import PrivateKey, PublicKey
from storage.vault.keys.sealing import SealingKeys
from storage.vault.partfile import PartFile
from tests.signaling.manual_clock import START
from tests.signaling.practice import Practice, key_folder, open_practice
from tests.signaling.recordings.bundled import making, written
from tests.signaling.recordings.recorded import FILE, WHY, record
from tests.support.stored import all_events

KEY = PrivateKey(bytes(range(32)))
PEOPLE = ("patient", "provider")


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
    return (await record(practice.recordings.archive, session_id, room_id, PEOPLE)).id


async def exported(practice: Practice, recording_id: str, folder: Path) -> Folder:
    """An encrypted bundle, unpacked, so that a test can change its files."""
    made = await making(practice, recording_id, "encrypted")
    async with practice.database.reading() as tx:
        row = await tx.get_one(Recording, recording_id)
    key = KEY.unwrap(row.wrapped_key or b"", recording_id)
    made.rows = structs.replace(made.rows, data_key_sha256=key.digest(recording_id))
    archive = folder.with_suffix(".zip")
    await asyncio.to_thread(written, made, archive)
    with ZipFile(archive) as unpacked:
        unpacked.extractall(folder)
    return Folder(folder)


def opened(files: Folder, key: DataKey | None = None, made: Export | None = None) -> Opened:
    made = made or exports.read(files)
    data_key = key or KEY.unwrap(made.wrapped_key, made.recording_id)
    return open_export(made, files, data_key, files.folder / "plain")


async def test_nobody_plays_on_the_server_what_whoever_has_the_key_opens(
    practice: Practice, recording_id: str, tmp_path: Path
) -> None:
    detail = await practice.playbacks.detail(practice.compliance, recording_id)
    assert (detail.authenticity, detail.recording.sealed) == ("unknown", True)
    playback = await practice.playbacks.open(practice.compliance, recording_id, WHY)
    assert playback.urls == {}
    of = practice.compliance, recording_id, detail.parts[0].part_id, playback.playback_id
    for attempt in (practice.playbacks.media(*of), practice.playbacks.download(*of)):
        with pytest.raises(Conflict, match="recording_sealed"):
            await attempt
    found = opened(await exported(practice, recording_id, tmp_path / "export"))
    assert (found.problems, found.torn) == ([], [])
    assert [path.read_bytes() for path in found.parts] == [FILE, FILE]
    assert {path.stat().st_mode & 0o777 for path in found.parts} == {0o600}


async def test_what_a_dead_server_left_stays_as_it_is_and_says_so(
    practice: Practice, tmp_path: Path
) -> None:
    archive = practice.recordings.archive
    room_id = await practice.ring(recording=True)
    session_id = (await practice.log(room_id))[0].session_id or ""
    begun = await archive.create(session_id, room_id)
    identity, path = await archive.add_part(
        begun, PartDescription("patient", "camera", "video/webm", 0)
    )
    part = PartFile(path, begun.data_key.key, identity)
    part.append(b"no media")
    part.sync()
    row = await row_of(practice, begun.id)
    assert not await recover_recording(archive, row), "a thread still writes"
    part.abandon()
    before = files_of(path.parent)
    assert await recover_recording(archive, row)
    assert files_of(path.parent) == before
    detail = await practice.playbacks.detail(practice.compliance, begun.id)
    assert (detail.recording.state, [one.state for one in detail.parts]) == ("torn", ["torn"])
    assert "recording.left_torn" in [one.action for one in detail.access_log]
    found = opened(await exported(practice, begun.id, tmp_path / "export"))
    assert (found.problems, found.parts) == (
        [f"part {identity.part_id} was torn before anything playable was in it"],
        {},
    )


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


async def row_of(practice: Practice, recording_id: str) -> Recording:
    async with practice.database.reading() as tx:
        return await tx.get_one(Recording, recording_id)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("participant_id", "provider", "the row of part"),
        ("state", "torn", "the row of part"),
        ("offset_ms", 1, "the row of part"),
    ],
)
async def test_a_row_that_was_changed_is_not_opened(
    practice: Practice, recording_id: str, tmp_path: Path, column: str, value: Any, message: str
) -> None:
    async with practice.database.transaction() as tx:
        statement = sa.update(RecordingPart).where(RecordingPart.participant_id == "patient")
        await tx.execute(statement.values({column: value}))
    found = opened(await exported(practice, recording_id, tmp_path / "export"))
    assert len(found.parts) == 1
    assert [problem[:15] for problem in found.problems] == [message]


async def test_a_file_that_was_changed_or_is_not_there_is_named(
    practice: Practice, recording_id: str, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    files = await exported(practice, recording_id, folder)
    made = exports.read(files)
    first, second = (folder / "media" / f"{part.id}.part" for part in made.parts)
    content = bytearray(first.read_bytes())
    content[20_000] ^= 1
    first.write_bytes(content)
    second.unlink()
    assert check(files).problems == [
        f"media/{first.name} was changed: it is not what manifest.json says",
        f"media/{second.name} is missing",
    ]
    found = opened(files)
    assert found.parts == {}
    assert found.problems == [
        f"part {made.parts[0].id}: Chunk 1 of the file is damaged or missing.",
        f"the file of part {made.parts[1].id} is not in the export",
    ]
    assert list((folder / "plain").iterdir()) == []


async def test_another_recording_in_its_place_does_not_pass_for_it(
    practice: Practice, recording_id: str, tmp_path: Path
) -> None:
    """Anybody can seal to a public key: what the log said of the key when it was made tells."""
    files = await exported(practice, recording_id, tmp_path / "export")
    logged = exports.read(files)
    assert opened(files).problems == []
    unknown = structs.replace(logged, data_key_sha256=None)
    assert opened(files, made=unknown).problems[0] == (
        "the export does not say which key the audit log names: anybody can have sealed it"
    )
    forged = structs.replace(logged, wrapped_key=KEY.public.wrap(DataKey.new(), recording_id))
    with pytest.raises(WrongKey, match="not the one that the audit log names"):
        opened(files, made=forged)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda made: made["parts"].append(made["parts"][0]), "names something twice"),
        (lambda made: made["parts"][0].update(id="../../x"), "names something that is no id"),
        (lambda made: made.update(recording_id="/etc"), "names something that is no id"),
        (lambda made: made.update(started_at="0001-01-01T00:00:00+14:00"), "cannot be read"),
        (lambda made: made["parts"][0].update(participant_side="../x"), "cannot be read"),
        (lambda made: made.update(format="another"), "cannot be read"),
    ],
)
async def test_rows_that_lead_elsewhere_or_are_of_no_time_are_refused(
    practice: Practice,
    recording_id: str,
    tmp_path: Path,
    change: Callable[[dict[str, Any]], object],
    message: str,
) -> None:
    files = await exported(practice, recording_id, tmp_path / "export")
    rows = files.folder / exports.ROWS
    told = json.loads(rows.read_text())
    change(told)
    rows.write_text(json.dumps(told))
    with pytest.raises(InvalidExport, match=message):
        exports.read(files)
    rows.unlink()
    with pytest.raises(InvalidExport, match="not an encrypted recording"):
        exports.read(files)
    os.mkfifo(rows)
    with pytest.raises(InvalidExport, match="something else in place of a file"):
        exports.read(files)


async def test_whose_a_file_is_is_told_by_what_its_row_proves(
    practice: Practice, recording_id: str, tmp_path: Path
) -> None:
    files = await exported(practice, recording_id, tmp_path / "export")
    made = exports.read(files)
    sides = [part.participant_side for part in made.parts]
    swapped = [
        structs.replace(part, participant_side=side)
        for part, side in zip(made.parts, reversed(sides), strict=True)
    ]
    found = opened(files, made=structs.replace(made, parts=swapped))
    assert found.problems == []
    assert {part.participant_id for part in found.parts.values()} == {"patient", "provider"}
    for (file, row), part in zip(found.parts.items(), made.parts, strict=True):
        assert part.id[:8] in file.name
        assert row.participant_id == part.participant_id


async def test_what_is_there_already_is_left_and_the_rest_is_opened(
    practice: Practice, recording_id: str, tmp_path: Path
) -> None:
    files = await exported(practice, recording_id, tmp_path / "export")
    first, second = opened(files).parts
    first.write_bytes(b"of somebody else")
    second.unlink()
    again = opened(files)
    assert again.problems == [f"{first} is there already, and was left as it is"]
    assert [*again.parts] == [second]
    assert first.read_bytes() == b"of somebody else"
    assert not list((files.folder / "plain").glob("*.unfinished"))


async def test_a_link_in_place_of_a_file_is_not_followed(
    practice: Practice, recording_id: str, tmp_path: Path
) -> None:
    """Whoever can write the folder of the recordings chooses no other file to be taken along."""
    [part, _] = sorted((practice.recordings.archive.folder / recording_id).glob("*.part"))
    part.unlink()
    part.symlink_to(tmp_path / "keys" / "recording.key")
    files = await exported(practice, recording_id, tmp_path / "export")
    assert len(list((files.folder / "media").glob("*.part"))) == 1
    assert json.loads((files.folder / "completeness.json").read_text())["parts"][0]["left_out"]
    found = opened(files)
    assert found.problems == [f"the file of part {part.stem} is not in the export"]
    for file in files.folder.rglob("*"):
        assert file.is_dir() or b"carelay recording key" not in file.read_bytes()


async def test_switching_to_a_sealed_key_and_back_is_in_the_log_and_old_recordings_play(
    tmp_path: Path, database_url: str
) -> None:
    """Each start is of a server with another configuration."""
    file, sealing = key_folder(tmp_path), KeyChain(SealingKeys(KEY.public), key_folder(tmp_path))
    made: list[str] = []
    for keys in (file, sealing, file):
        async with open_practice(tmp_path, database_url=database_url, keys=keys) as practice:
            await settle_keys(practice.database, keys, START)
            room_id = await practice.ring(recording=True)
            session_id = (await practice.log(room_id))[0].session_id or ""
            made.append((await record(practice.recordings.archive, session_id, room_id)).id)
            await leaving.hang_up(practice.calls, practice.provider, room_id)
            assert (await row_of(practice, made[-1])).key_id == keys.key_id
            await practice.playbacks.open(practice.compliance, made[0], WHY)
            async with practice.database.reading() as tx:
                assert await recording_keys.current(tx) == keys.key_id
                changes = await tx.scalars(
                    sa.select(AuditRow.detail).where(AuditRow.action == "key.changed")
                )
    ids = file.key_id, sealing.key_id, file.key_id
    assert [json.loads(change) for change in changes] == [
        {"old_key": old, "new_key": new} for old, new in pairwise(ids)
    ]


async def test_a_rotation_leaves_sealed_recordings_alone(
    practice: Practice, recording_id: str, tmp_path: Path
) -> None:
    before = await row_of(practice, recording_id)
    done = await rotate_all(practice.database, key_folder(tmp_path), lambda: START)
    assert (done.recordings, done.closed) == (0, [])
    assert (await row_of(practice, recording_id)).wrapped_key == before.wrapped_key


class Twin(PublicKey):
    """A key that somebody has made until its id was the one that they wanted."""

    @property
    def key_id(self) -> str:
        return KEY.public.key_id


async def test_a_key_of_the_same_id_is_refused_and_that_is_in_the_log(practice: Practice) -> None:
    twin = SealingKeys(Twin(PrivateKey.new().public.raw))
    for keys in (twin, KeyChain(twin)):
        with pytest.raises(WrongKey, match="is not the one that recordings are sealed to"):
            await settle_keys(practice.database, keys, START)
    await settle_keys(practice.database, SealingKeys(KEY.public), START)
    told = [
        (event.action, dict(event.detail))
        for event in await all_events(practice.database)
        if event.action.startswith("key.")
    ]
    noted = {"key_id": KEY.public.key_id, "public_key_sha256": KEY.public.digest}
    refused = {**noted, "public_key_sha256": twin.public.digest}
    assert told == [("key.noted", noted), *[("key.refused", refused)] * 2]


async def test_recordings_from_before_digests_were_noted_open_as_ever(
    practice: Practice, recording_id: str
) -> None:
    async with practice.database.transaction() as tx:
        await properties.remove(tx, properties.sealing_key(KEY.public.key_id))
    await settle_keys(practice.database, SealingKeys(KEY.public), START)
    async with practice.database.reading() as tx:
        assert await recording_keys.sealing_digest(tx, KEY.public.key_id) == KEY.public.digest
    row = await row_of(practice, recording_id)
    assert KEY.unwrap(row.wrapped_key or b"", recording_id).version == 3
