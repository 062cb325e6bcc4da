"""Exports from being asked for to being destroyed, on both databases, each by a real process."""

import asyncio
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.errors import Conflict, Damaged, NotAllowed, NotFound, Unavailable
from signaling.recordings.exporting import keys, process
from signaling.recordings.exporting.resources import AskForExport
from signaling.recordings.exporting.service import MOST_WAITING
from storage import bundle
from storage.bundle.check import check
from storage.cluster import nodes
from storage.errors import DatabaseUnavailable
from storage.models import RecordingExport as Row
from storage.recordings import recording_exports
from tests.signaling.recordings.bundled import PAGE
from tests.signaling.recordings.office import HOURS, Office, open_office


@pytest.fixture
async def office(tmp_path: Path, database_url: str) -> AsyncIterator[Office]:
    async with open_office(tmp_path, database_url) as office:
        yield office


async def test_it_is_made_downloaded_by_ranges_and_destroyed_when_its_time_is_over(
    office: Office, tmp_path: Path
) -> None:
    asked = await office.ask()
    assert (asked.state, asked.requested_by_name) == ("queued", "Name of compliance")
    with pytest.raises(Conflict, match="export_not_made"):
        await office.content()
    assert await office.jobs.round()
    made = await office.now()
    assert (made.state, made.failure, len(office.files)) == ("done", None, 1)
    assert PAGE not in office.files[0].read_bytes(), "encrypted"
    content = await office.content()
    assert len(content) == made.size_bytes
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert sum(name.startswith("media/") for name in archive.namelist()) == 2
    path = tmp_path / "it.zip"
    path.write_bytes(content)
    with bundle.opened(path) as files:
        found = check(files)
    assert found.problems == []
    await office.practice.clock.leap(HOURS * 3600 - 1)
    await office.jobs.sweep()
    assert (await office.now()).state == "done"
    await office.practice.clock.advance(2)
    with pytest.raises(Conflict, match="export_over"):
        await office.content()
    await office.jobs.sweep()
    assert ((await office.now()).state, office.files) == ("expired", [])
    written = [action for action in await office.actions() if ".export_" in action]
    assert [*dict.fromkeys(written)] == [
        "recording.export_requested",
        "recording.export_made",
        "recording.export_downloaded",
        "recording.export_destroyed",
    ]


async def test_a_film_is_made_beside_the_calls(office: Office) -> None:
    await office.ask("film")
    assert await office.jobs.round()
    assert (await office.now()).state == "done"
    with zipfile.ZipFile(BytesIO(await office.content())) as archive:
        assert archive.read("media/recording.mp4")[4:8] == b"ftyp"


async def test_a_killed_server_leaves_it_to_the_next_one_but_not_for_ever(office: Office) -> None:
    asked = await office.ask()
    database = office.practice.database
    for attempts, became in ((1, "done"), (3, "failed")):
        async with database.transaction() as tx:
            left = {"state": "running", "attempts": attempts, "fence": 99, "path": "exports/left"}
            await tx.execute(update(Row).where(Row.id == asked.export_id).values(**left))
        for file in ("left.part", "left.part.tail"):
            path = office.jobs.path(f"exports/{file}")
            path.parent.mkdir(exist_ok=True)
            path.touch()
        assert await office.jobs.round()
        assert (await office.now()).state == became
        assert not any("left" in file.name for file in office.files)
    assert (await office.now()).failure == "interrupted"


async def test_a_worker_that_hangs_is_ended_and_the_next_export_made(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hung = await office.ask()
    with monkeypatch.context() as patch:
        patch.setattr(process, "MODULE", "tests.signaling.recordings.hanging")
        patch.setattr(process, "SILENT_SECONDS", 0.5)
        assert await office.jobs.round()
    assert ((await office.now()).state, (await office.now()).failure) == ("failed", "not_made")
    assert f"export {hung.export_id}: the worker said nothing" in caplog.text
    await office.ask()
    assert await office.jobs.round()
    assert (await office.now()).state == "done"


async def test_one_whose_end_could_not_be_written_is_begun_anew(office: Office) -> None:
    asked = await office.ask()

    async def away() -> None:
        office.when_signing.clear()
        async with office.practice.database.reading() as tx:
            job = await recording_exports.by_id(tx, asked.export_id)
        left = office.jobs.path((job and job.export.path) or "")
        left.parent.mkdir(exist_ok=True)
        await asyncio.to_thread(left.touch)
        raise DatabaseUnavailable("The database cannot be reached.")

    office.when_signing.append(away)
    with pytest.raises(DatabaseUnavailable):
        await office.jobs.round()
    assert ((await office.now()).state, (await office.now()).failure) == ("running", None)
    assert await office.jobs.round()
    assert ((await office.now()).state, len(office.files)) == ("done", 1)


async def test_the_file_of_one_that_is_begun_meanwhile_stays(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = recording_exports.files_needed

    async def just_before(tx: AsyncSession) -> set[str]:
        needed = await look(tx)
        await asyncio.to_thread(begun.touch)
        return needed

    begun = office.jobs.path("exports/begun.1.part")
    begun.parent.mkdir(exist_ok=True)
    monkeypatch.setattr(recording_exports, "files_needed", just_before)
    await office.jobs.sweep()
    assert office.files == [begun]


async def test_what_is_cancelled_or_erased_meanwhile_is_not_made(office: Office) -> None:
    practice = office.practice
    first = await office.ask()
    office.when_signing.append(lambda: office.exports.cancel(practice.compliance, first.export_id))
    assert await office.jobs.round()
    office.when_signing.clear()
    assert ((await office.now()).state, office.files) == ("cancelled", [])
    with pytest.raises(Conflict, match="export_over"):
        await office.exports.cancel(practice.compliance, first.export_id)
    await office.ask()
    assert await office.jobs.round()
    await office.ask("film")

    async def erase() -> None:
        office.when_signing.remove(erase)
        await practice.erasures.request(practice.compliance, office.recording.id, "asked for")

    office.when_signing.append(erase)
    assert await office.jobs.round()
    listed = (await office.exports.list(practice.compliance)).exports
    assert {(each.state, each.failure) for each in listed[:2]} == {
        ("failed", "recording_erased"),
        ("expired", "recording_erased"),
    }
    assert office.files == []
    with pytest.raises(Conflict, match="recording_erased"):
        await office.content()


async def test_it_is_somebody_elses_as_if_it_were_not_there(office: Office) -> None:
    practice = office.practice
    asked = await office.ask()
    assert await office.jobs.round()
    other = replace(practice.compliance, user_id="another-officer")
    for attempt in (office.exports.download, office.exports.cancel):
        with pytest.raises(NotFound, match="unknown_export"):
            await attempt(other, asked.export_id)
        with pytest.raises(NotAllowed):
            await attempt(practice.provider, asked.export_id)
    assert len((await office.exports.list(other)).exports) == 1
    with pytest.raises(NotAllowed, match="playback_expired"):
        await office.exports.ask(
            practice.compliance,
            office.recording.id,
            AskForExport(playback_id="none", contents="parts"),
        )


async def test_nobody_fills_the_queue_and_what_is_damaged_is_not_handed_out(
    office: Office,
) -> None:
    for _ in range(MOST_WAITING):
        await office.ask("encrypted")
    with pytest.raises(Conflict, match="exports_wait"):
        await office.ask()
    while await office.jobs.round():
        pass
    assert (await office.now()).state == "done"
    for file in office.files:
        file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(Damaged, match="export_damaged"):
        await office.content()


async def test_what_cannot_be_made_says_why(office: Office, tmp_path: Path) -> None:
    folder = office.practice.recordings.archive.folder / office.recording.id
    for part in await asyncio.to_thread(lambda: list(folder.glob("*.part"))):
        part.unlink()
    await office.ask()
    assert await office.jobs.round()
    assert ((await office.now()).failure, office.files) == ("nothing_to_export", [])
    (tmp_path / "keys" / "audit.key").unlink()
    await office.ask()
    assert await office.jobs.round()
    assert (await office.now()).failure == "log_key_missing"


async def test_what_a_server_had_the_key_of_in_memory_is_lost_with_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "is_sealed", lambda _: True)
    await office.ask()
    assert await office.jobs.round()
    assert await office.content()
    await office.jobs.sweep()
    assert (await office.now()).state == "done"
    database = office.practice.database
    async with database.transaction() as tx:
        database.carrier = await nodes.start(tx, "node", "the test", None)
    with pytest.raises(Unavailable, match="export_elsewhere"):
        await office.content()
    await office.jobs.sweep()
    lost = await office.now()
    assert (lost.state, lost.failure, office.files) == ("expired", "key_lost", [])
    with pytest.raises(Conflict, match="export_over"):
        await office.content()
