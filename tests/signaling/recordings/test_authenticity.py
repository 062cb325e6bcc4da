"""Somebody can write the database but has no key: what they change of a recording is told."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from signaling.calls import inviting
from signaling.kernel.errors import Conflict
from signaling.recordings.recovery import recover_recording
from signaling.recordings.resources import RecordingDetail, RecordingGap
from storage import audit
from storage.database import Database
from storage.ids import new_id
from storage.models import Recording, RecordingPart
from storage.words import Authenticity
from tests.signaling.manual_clock import START
from tests.signaling.practice import Practice, open_practice
from tests.signaling.recordings.recorded import (
    FILE,
    WHY,
    add_part,
    as_version,
    begin_part,
    browser,
    record,
)

PEOPLE = ("patient", "provider")


@pytest.fixture
async def recording_id(practice: Practice) -> str:
    """Of a recording of both, with a gap."""
    archive = practice.recordings.archive
    room_id = await practice.ring(recording=True)
    opened = await record(
        archive, (await practice.log(room_id))[0].session_id or "", room_id, PEOPLE
    )
    async with practice.database.transaction() as tx:
        await archive.set_gaps(
            tx, opened, [RecordingGap(offset_ms=500, duration_ms=100, reason="paused")]
        )
    return opened.id


async def looked_at(practice: Practice, recording_id: str) -> RecordingDetail:
    return await practice.playbacks.detail(practice.compliance, recording_id)


def told(detail: RecordingDetail) -> tuple[Authenticity, list[Authenticity]]:
    """Of the recording, and of its parts."""
    return detail.authenticity, [part.authenticity for part in detail.parts]


def damage(detail: RecordingDetail) -> set[tuple[str | None, str | None]]:
    """What the log names as damaged."""
    found = [entry for entry in detail.access_log if entry.action == "recording.damaged"]
    return {(entry.subject_type, entry.subject_id) for entry in found}


async def parts_of(database: Database) -> list[RecordingPart]:
    async with database.reading() as tx:
        return list(
            await tx.scalars(sa.select(RecordingPart).order_by(RecordingPart.participant_id))
        )


async def test_what_the_server_wrote_is_authentic_at_every_moment(practice: Practice) -> None:
    archive = practice.recordings.archive
    room_id = await practice.ring(recording=True)
    opened = await archive.create((await practice.log(room_id))[0].session_id or "", room_id)
    assert told(await looked_at(practice, opened.id)) == ("authentic", [])
    for number, participant_id in enumerate(PEOPLE, 1):
        await add_part(archive, opened, participant_id)
        assert told(await looked_at(practice, opened.id)) == ("authentic", ["authentic"] * number)
    await archive.finish(opened.id, opened.data_key, "complete", "recording.completed", {})
    detail = await looked_at(practice, opened.id)
    assert (told(detail), damage(detail)) == (("authentic", ["authentic"] * 2), set())
    assert not practice.recordings.damaged


async def test_a_beginning_that_is_written_after_a_part_leaves_it_playable(
    practice: Practice,
) -> None:
    archive = practice.recordings.archive
    room_id = await practice.ring(recording=True)
    opened = await archive.create((await practice.log(room_id))[0].session_id or "", room_id)
    await add_part(archive, opened, PEOPLE[0])
    async with practice.database.transaction() as tx:
        await archive.set_beginning(tx, opened, START + timedelta(seconds=2))
    detail = await looked_at(practice, opened.id)
    assert told(detail) == ("authentic", ["authentic"])
    assert detail.recording.started_at == START + timedelta(seconds=2)


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "failed"},
        {"duration_ms": 1},
        {"started_at": START - timedelta(days=1)},
        {"ended_at": None},
        {"ended_at": START + timedelta(seconds=1)},
        {"gaps": None},
        {"gaps": []},
        {"gaps": [{"offset_ms": 500, "duration_ms": 100, "reason": "stopped"}]},
        {"gaps": [{"offset_ms": 500, "duration_ms": 10, "reason": "paused"}]},
        {"gaps": [{"offset_ms": 500, "duration_ms": 100, "reason": "because"}]},
        {"gaps": {"no": "list"}},
        {"mac": None},
        {"mac": bytes(32)},
        {"wrapped_key": bytes(60)},
    ],
    ids=lambda changed: "_".join(map(str, *changed.items()))[:50],
)
async def test_each_change_of_a_recording_is_told(
    practice: Practice, recording_id: str, changed: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    async with practice.database.transaction() as tx:
        await tx.execute(sa.update(Recording).values(changed))
    caplog.set_level(logging.ERROR)
    detail = await looked_at(practice, recording_id)
    again = await looked_at(practice, recording_id)
    assert detail.authenticity == "changed"
    assert ("recording", recording_id) in damage(again)
    assert practice.recordings.damaged == {recording_id}, (
        "one recording, however often it is looked at"
    )
    assert (
        f"recording {recording_id} or the list of its parts was changed by somebody else"
        in caplog.text
    )


async def test_a_recording_moved_to_another_call_is_told(
    practice: Practice, recording_id: str
) -> None:
    room_id = await inviting.initiate(
        practice.calls, practice.other_provider, "other_patient", recording_enabled=False
    )
    other = (await practice.log(room_id))[0].session_id
    async with practice.database.transaction() as tx:
        await tx.execute(sa.update(Recording).values(session_id=other))
    assert told(await looked_at(practice, recording_id)) == ("changed", ["changed"] * 2)


async def test_a_part_that_was_removed_is_told_and_the_other_still_plays(
    practice: Practice, recording_id: str
) -> None:
    removed, kept = await parts_of(practice.database)
    async with practice.database.transaction() as tx:
        await tx.delete(await tx.get_one(RecordingPart, removed.id))
    detail = await looked_at(practice, recording_id)
    assert (told(detail), damage(detail)) == (
        ("changed", ["authentic"]),
        {("recording", recording_id)},
    )
    playback = await practice.playbacks.open(practice.compliance, recording_id, WHY)
    async with (
        browser(practice, practice.compliance) as client,
        client.get(playback.urls[kept.id]) as response,
    ):
        assert await response.read() == FILE


async def test_that_all_parts_were_removed_is_told_although_nothing_can_be_played(
    practice: Practice, recording_id: str
) -> None:
    async with practice.database.transaction() as tx:
        await tx.execute(sa.delete(RecordingPart))
    with pytest.raises(Conflict, match="nothing_to_play"):
        await practice.playbacks.open(practice.compliance, recording_id, WHY)
    async with practice.database.reading() as tx:
        written = [entry.event.action for entry in await audit.for_recording(tx, recording_id)]
    assert "recording.damaged" in written
    assert practice.recordings.damaged == {recording_id}


async def test_a_part_that_was_added_is_told_and_not_played(
    practice: Practice, recording_id: str
) -> None:
    """A copy of an honest one, with its file, under another id."""
    copied, _ = await parts_of(practice.database)
    values = {
        column.name: getattr(copied, column.name) for column in RecordingPart.__table__.columns
    }
    values |= {"id": new_id(), "path": f"{recording_id}/copy.part"}
    folder = practice.recordings.archive.folder
    (folder / values["path"]).write_bytes((folder / copied.path).read_bytes())
    async with practice.database.transaction() as tx:
        await tx.execute(sa.insert(RecordingPart).values(values))
    detail = await looked_at(practice, recording_id)
    assert (
        detail.authenticity,
        {part.part_id for part in detail.parts if part.authenticity == "changed"},
    ) == (
        "changed",
        {values["id"]},
    )
    assert damage(detail) == {("recording", recording_id), ("part", values["id"])}
    playback = await practice.playbacks.open(practice.compliance, recording_id, WHY)
    async with (
        browser(practice, practice.compliance) as client,
        client.get(playback.urls[values["id"]]) as response,
    ):
        assert (response.status, (await response.json())["code"]) == (500, "recording_damaged")


@pytest.mark.parametrize("what", ["participant_id", "path", "mac"])
async def test_parts_that_were_exchanged_are_told(
    practice: Practice, recording_id: str, what: str
) -> None:
    one, other = await parts_of(practice.database)
    async with practice.database.transaction() as tx:
        for row, value in (
            (one, "for a moment"),
            (other, getattr(one, what)),
            (one, getattr(other, what)),
        ):
            changed = {
                what: "patient" if what == "participant_id" and value == "for a moment" else value
            }
            if what == "mac" and value == "for a moment":
                changed = {"mac": None}
            await tx.execute(
                sa.update(RecordingPart).where(RecordingPart.id == row.id).values(changed)
            )
    assert told(await looked_at(practice, recording_id))[1] == ["changed", "changed"]


async def test_a_part_that_was_put_back_to_what_it_was_before_is_told(practice: Practice) -> None:
    """Its own code is right for what it said then; the recording has another one of it."""
    archive = practice.recordings.archive
    room_id = await practice.ring(recording=True)
    opened = await archive.create((await practice.log(room_id))[0].session_id or "", room_id)
    identity = await begin_part(archive, opened, "patient")
    [part] = await parts_of(practice.database)
    before = {column.name: getattr(part, column.name) for column in RecordingPart.__table__.columns}
    await archive.settle_part(identity.part_id, opened.data_key, "lost")
    assert told(await looked_at(practice, opened.id)) == ("authentic", ["authentic"])
    async with practice.database.transaction() as tx:
        await tx.execute(sa.update(RecordingPart).values(before))
    assert told(await looked_at(practice, opened.id)) == ("changed", ["authentic"])


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (1, ("not_authenticated", ["not_authenticated"] * 2)),
        (2, ("not_authenticated", ["authentic"] * 2)),
    ],
)
async def test_recordings_of_earlier_versions_play_and_are_marked(
    practice: Practice,
    recording_id: str,
    version: int,
    expected: tuple[Authenticity, list[Authenticity]],
) -> None:
    await as_version(practice, recording_id, version)
    detail = await looked_at(practice, recording_id)
    assert (told(detail), damage(detail)) == (expected, set())
    playback = await practice.playbacks.open(practice.compliance, recording_id, WHY)
    async with browser(practice, practice.compliance) as client:
        for url in playback.urls.values():
            async with client.get(url) as response:
                assert await response.read() == FILE


async def test_a_newer_recording_cannot_be_passed_off_as_an_older_one(
    practice: Practice, recording_id: str
) -> None:
    """The version is bound into the wrapped key: without codes it is not old, but changed."""
    async with practice.database.transaction() as tx:
        await tx.execute(sa.update(Recording).values(mac=None, gaps=[]))
        await tx.execute(sa.update(RecordingPart).values(mac=None))
    assert told(await looked_at(practice, recording_id)) == ("changed", ["changed"] * 2)


async def test_the_key_of_an_older_recording_does_not_make_another_one_old(
    practice: Practice, recording_id: str
) -> None:
    archive = practice.recordings.archive
    room_id = await inviting.initiate(
        practice.calls, practice.other_provider, "other_patient", recording_enabled=True
    )
    older = await record(archive, (await practice.log(room_id))[0].session_id or "", room_id)
    await as_version(practice, older.id, 1)
    async with practice.database.transaction() as tx:
        taken = (await tx.get_one(Recording, older.id)).wrapped_key
        await tx.execute(
            sa.update(Recording)
            .where(Recording.id == recording_id)
            .values(wrapped_key=taken, mac=None)
        )
    assert told(await looked_at(practice, recording_id)) == ("changed", ["changed"] * 2)


async def test_without_the_key_nobody_can_tell(tmp_path: Path) -> None:
    async with open_practice(tmp_path) as practice:
        room_id = await practice.ring(recording=True)
        opened = await record(
            practice.recordings.archive, (await practice.log(room_id))[0].session_id or "", room_id
        )
    (tmp_path / "keys" / "recording.key").rename(tmp_path / "shelved.key")
    async with open_practice(tmp_path) as practice:
        detail = await looked_at(practice, opened.id)
        assert (told(detail), damage(detail)) == (("unknown", ["unknown"]), set())


@pytest.mark.parametrize("removed", [False, True])
async def test_recovery_renews_what_it_found_honest_and_nothing_else(
    practice: Practice, removed: bool
) -> None:
    """The server was killed while it wrote; a part may have been removed before it came back."""
    archive = practice.recordings.archive
    room_id = await practice.ring(recording=True)
    opened = await archive.create((await practice.log(room_id))[0].session_id or "", room_id)
    await add_part(archive, opened, "patient")
    await begin_part(archive, opened, "provider")
    if removed:
        async with practice.database.transaction() as tx:
            await tx.execute(sa.delete(RecordingPart).where(RecordingPart.state == "sealed"))
    async with practice.database.reading() as tx:
        row = await tx.get_one(Recording, opened.id)
    assert await recover_recording(archive, row)
    detail = await looked_at(practice, opened.id)
    assert detail.recording.state == "recovered"
    assert told(detail) == (
        ("changed", ["authentic"]) if removed else ("authentic", ["authentic"] * 2)
    )
