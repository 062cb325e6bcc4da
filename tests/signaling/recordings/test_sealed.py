"""Recordings that are sealed: the server writes them, whoever has the private key opens them."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

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
from storage import exports, recording_keys, recordings
from storage.errors import InvalidExport, WrongKey
from storage.exports import Export
from storage.models import AuditRow, Recording, RecordingPart
from storage.vault.keys import DataKey
from storage.vault.keys.chain import KeyChain
from storage.vault.keys.sealed import PrivateKey
from storage.vault.keys.sealing import SealingKeys
from storage.vault.partfile import PartFile
from tests.signaling.manual_clock import START
from tests.signaling.practice import Practice, key_folder, open_practice
from tests.signaling.recordings.recorded import FILE, WHY, record

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


async def exported(practice: Practice, recording_id: str, folder: Path) -> Export:
    async with practice.database.reading() as tx:
        found = await recordings.by_id(tx, recording_id)
        assert found
        parts = await recordings.parts(tx, recording_id)
    key = KEY.unwrap(found.recording.wrapped_key or b"", recording_id)
    made = exports.describe(found.recording, parts, key.digest(recording_id), START)
    rows = [named.part for named in parts]
    await asyncio.to_thread(exports.write, made, rows, practice.recordings.archive.keeping, folder)
    return await asyncio.to_thread(exports.read, folder)


def opened(made: Export, folder: Path, key: DataKey | None = None) -> Opened:
    data_key = key or KEY.unwrap(made.wrapped_key, made.recording_id)
    return open_export(made, folder, data_key, folder / "plain")


async def test_nobody_plays_on_the_server_what_whoever_has_the_key_opens(
    practice: Practice, recording_id: str, tmp_path: Path
) -> None:
    detail = await practice.playbacks.detail(practice.compliance, recording_id)
    assert (detail.authenticity, detail.recording.sealed) == ("unknown", True)
    part_id = detail.parts[0].part_id
    refused = (
        practice.playbacks.open(practice.compliance, recording_id, WHY),
        practice.playbacks.download(practice.compliance, recording_id, part_id, "none"),
    )
    for attempt in refused:
        with pytest.raises(Conflict, match="recording_sealed"):
            await attempt
    made = await exported(practice, recording_id, tmp_path / "export")
    found = opened(made, tmp_path / "export")
    assert (found.problems, found.torn) == ([], [])
    assert [path.read_bytes() for path in found.files] == [FILE, FILE]
    assert {path.stat().st_mode & 0o777 for path in found.files} == {0o600}


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
    found = opened(await exported(practice, begun.id, tmp_path / "export"), tmp_path / "export")
    assert (found.problems, found.files) == (
        [f"part {identity.part_id} was torn before anything playable was in it"],
        [],
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
    found = opened(await exported(practice, recording_id, tmp_path / "export"), tmp_path / "export")
    assert len(found.files) == 1
    assert [problem[:15] for problem in found.problems] == [message]


async def test_a_file_that_was_changed_or_is_not_there_is_named(
    practice: Practice, recording_id: str, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    made = await exported(practice, recording_id, folder)
    first, second = (folder / f"{part.id}.part" for part in made.parts)
    content = bytearray(first.read_bytes())
    content[20_000] ^= 1
    first.write_bytes(content)
    second.unlink()
    found = opened(made, folder)
    assert found.files == []
    assert found.problems == [
        f"part {made.parts[0].id}: Chunk 1 of the file is damaged or missing.",
        f"the file of part {made.parts[1].id} is not in the export",
    ]
    assert list((folder / "plain").iterdir()) == []


async def test_another_recording_in_its_place_does_not_pass_for_it(
    practice: Practice, recording_id: str, tmp_path: Path
) -> None:
    """Anybody can seal to a public key: what the log said of the key when it was made tells."""
    made = await exported(practice, recording_id, tmp_path / "export")
    logged = made
    assert opened(logged, tmp_path / "export").problems == []
    assert opened(structs.replace(made, data_key_sha256=None), tmp_path / "export").problems[0] == (
        "the export does not say which key the audit log names: anybody can have sealed it"
    )
    forged = structs.replace(logged, wrapped_key=KEY.public.wrap(DataKey.new(), recording_id))
    with pytest.raises(WrongKey, match="not the one that the audit log names"):
        opened(forged, tmp_path / "export")


async def test_a_manifest_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidExport, match=r"no manifest\.json"):
        exports.read(tmp_path)
    for text in ("{}", "no JSON", '{"format": "another"}'):
        (tmp_path / exports.MANIFEST).write_text(text)
        with pytest.raises(InvalidExport, match="cannot be read"):
            exports.read(tmp_path)
    (tmp_path / exports.MANIFEST).unlink()
    os.mkfifo(tmp_path / exports.MANIFEST)
    with pytest.raises(InvalidExport, match="something else in place of a file"):
        exports.read(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda made: made["parts"].append(made["parts"][0]), "names something twice"),
        (lambda made: made["parts"][0].update(id="../../x"), "names something that is no id"),
        (lambda made: made.update(recording_id="/etc"), "names something that is no id"),
        (lambda made: made.update(started_at="0001-01-01T00:00:00+14:00"), "cannot be read"),
        (lambda made: made["parts"][0].update(participant_side="../x"), "cannot be read"),
    ],
)
async def test_a_manifest_that_leads_elsewhere_or_is_of_no_time_is_refused(
    practice: Practice,
    recording_id: str,
    tmp_path: Path,
    change: Callable[[dict[str, Any]], object],
    message: str,
) -> None:
    folder = tmp_path / "export"
    await exported(practice, recording_id, folder)
    manifest = json.loads((folder / exports.MANIFEST).read_text())
    change(manifest)
    (folder / exports.MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(InvalidExport, match=message):
        exports.read(folder)


async def test_whose_a_file_is_is_told_by_what_its_row_proves(
    practice: Practice, recording_id: str, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    made = await exported(practice, recording_id, folder)
    sides = [part.participant_side for part in made.parts]
    swapped = [
        structs.replace(part, participant_side=side)
        for part, side in zip(made.parts, reversed(sides), strict=True)
    ]
    found = opened(structs.replace(made, parts=swapped), folder)
    assert found.problems == []
    assert {piece.participant_id for piece in found.pieces} == {"patient", "provider"}
    for piece, part in zip(found.pieces, made.parts, strict=True):
        assert part.id[:8] in piece.file.name
        assert piece.participant_id == part.participant_id


async def test_what_is_there_already_is_left_and_the_rest_is_opened(
    practice: Practice, recording_id: str, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    made = await exported(practice, recording_id, folder)
    first, second = opened(made, folder).files
    first.write_bytes(b"of somebody else")
    second.unlink()
    again = opened(made, folder)
    assert again.problems == [f"{first} is there already, and was left as it is"]
    assert again.files == [second]
    assert first.read_bytes() == b"of somebody else"
    assert not list((folder / "plain").glob("*.unfinished"))


async def test_a_link_in_place_of_a_file_is_not_followed(
    practice: Practice, recording_id: str, tmp_path: Path
) -> None:
    """Whoever can write the folder of the recordings chooses no other file to be taken along."""
    [part, _] = sorted((practice.recordings.archive.folder / recording_id).glob("*.part"))
    part.unlink()
    part.symlink_to(tmp_path / "keys" / "recording.key")
    made = await exported(practice, recording_id, tmp_path / "export")
    assert len(list((tmp_path / "export").glob("*.part"))) == 1
    found = opened(made, tmp_path / "export")
    assert found.problems == [f"the file of part {part.stem} is not in the export"]
    for file in (tmp_path / "export").glob("*"):
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
