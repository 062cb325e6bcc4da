"""Access to recordings: compliance only, audited first, in ranges, and never a changed byte."""

import asyncio
import os
import threading
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select, update

from signaling.calls import inviting
from signaling.http import content
from signaling.http.problem import status
from signaling.identity.passwords import Passwords
from signaling.kernel import repeats
from signaling.kernel.actor import Actor
from signaling.kernel.errors import DomainError
from signaling.recordings.playback import media
from signaling.recordings.playback.parts import PLAYING_AT_ONCE
from signaling.recordings.resources import Recording
from storage import audit, models
from storage.errors import DatabaseUnavailable
from storage.models import RecordingPart
from storage.people import playback_grants, tokens, users
from storage.people.playback_grants import Why
from storage.vault.reader import PartReader
from tests.signaling.manual_clock import START
from tests.signaling.practice import Practice, open_practice
from tests.signaling.recordings.recorded import (
    BODY_OFFSET,
    FILE,
    PLAINTEXT,
    WHY,
    actions,
    as_version,
    browser,
    opened,
    record,
)
from tests.support.platform import ISSUER


@pytest.fixture
async def recording(practice: Practice) -> Recording:
    """A recording with one part, written as calls write it."""
    room_id = await practice.ring(recording=True)
    call = await practice.log(room_id)
    await record(practice.recordings.archive, call[0].session_id or "", room_id)
    return (await practice.playbacks.list(practice.compliance, None)).recordings[0]


async def refused(doing: Awaitable[object]) -> tuple[int, str]:
    with pytest.raises(DomainError) as problem:
        await doing
    return status(problem.value), problem.value.code


async def test_a_part_tells_what_it_lacks(practice: Practice, recording: Recording) -> None:
    detail = await practice.playbacks.detail(practice.compliance, recording.recording_id)
    losses = detail.parts[0].losses
    assert losses is not None
    assert (losses.lost_packets, losses.late_packets, losses.silence_ms) == (3, 0, 60)
    assert [(gap.medium, gap.cause, gap.begin_ms, gap.end_ms) for gap in losses.gaps] == [
        ("sound", "lost", 500, 560)
    ]


async def test_other_roles_are_refused_and_that_is_written_down(
    practice: Practice, recording: Recording
) -> None:
    playbacks, recording_id = practice.playbacks, recording.recording_id
    for actor in (practice.provider, practice.patient, practice.admin):
        assert await refused(playbacks.list(actor, None)) == (403, "forbidden")
        assert await refused(playbacks.detail(actor, recording_id)) == (403, "forbidden")
        assert await refused(playbacks.open(actor, recording_id, WHY)) == (403, "forbidden")
        # A provider may hold a playback, in an emergency.
        code = "playback_expired" if actor is practice.provider else "forbidden"
        assert await refused(playbacks.media(actor, recording_id, "part", "1")) == (403, code)
        assert await refused(playbacks.download(actor, recording_id, "part", "1")) == (
            403,
            "forbidden",
        )
    people = ["provider", "patient", "admin"]
    denied = [
        actor
        for action, actor in await actions(practice, recording)
        if action == "recording.denied"
    ]
    assert denied == people, "at once"
    await practice.clock.advance(repeats.WINDOW_SECONDS)
    await practice.repeats.close()
    async with practice.database.reading() as tx:
        events = [stored.event for stored in await audit.for_recording(tx, recording_id)]
    counted = [
        (event.actor_id, event.detail["count"]) for event in events if "count" in event.detail
    ]
    assert counted == [(actor, 3) for actor in people]


async def test_a_playback_is_in_the_log_before_its_first_byte(
    practice: Practice, recording: Recording
) -> None:
    _, url = await opened(practice, recording)
    assert (await actions(practice, recording))[-1] == ("recording.played", "compliance")
    async with browser(practice, practice.compliance) as client:
        response = await client.get(url)
        assert await response.read() == FILE
        assert response.headers["Content-Type"] == 'video/webm; codecs="vp8, opus"'
        assert response.headers["Cache-Control"] == "no-store"


async def test_each_range_is_in_the_log_before_its_first_byte(
    practice: Practice, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, url = await opened(practice, recording)
    async with browser(practice, practice.compliance) as client:
        await client.head(url)
        await client.get(url, headers={"Range": "bytes=5-20"})
        await client.get(url.replace("/media", "/download"))
        monkeypatch.setattr(audit, "append", None)
        assert (await client.get(url)).status == 500
    async with practice.database.reading() as tx:
        events = [stored.event for stored in await audit.for_recording(tx, recording.recording_id)]
    size, why = len(FILE), {"purpose_of_event": "PATRQT"}
    assert [(event.action, event.detail) for event in events[-3:]] == [
        ("recording.streamed", {"first": 5, "last": 20, "of": size, **why}),
        ("key.used", {"key_id": events[0].detail["key_id"], "purpose": "download"}),
        ("recording.downloaded", {"first": 0, "last": size - 1, "of": size, **why}),
    ]
    assert {event.subject.type for event in events[-3::2] if event.subject} == {"part"}
    used = [event.detail["purpose"] for event in events if event.action == "key.used"]
    assert used == ["recording", "playback", "download"]


async def test_nothing_is_opened_or_downloaded_without_saying_why(
    practice: Practice, recording: Recording
) -> None:
    playbacks, of = practice.playbacks, (practice.compliance, recording.recording_id)
    for why in (Why("HOPERAT"), Why("HOPERAT", "")):
        assert await refused(playbacks.open(*of, why)) == (422, "reason_needed")
    playback = await playbacks.open(*of, Why("HOPERAT", "A sound test"))
    assert playback.viewer_name == practice.compliance.name
    [part_id] = playback.urls
    for playback_id in ("", "1"):
        refusal = await refused(playbacks.download(*of, part_id, playback_id))
        assert refusal == (403, "playback_expired")
    async with practice.database.reading() as tx:
        events = [stored.event for stored in await audit.for_recording(tx, of[1])]
    [played] = [event for event in events if event.action == "recording.played"]
    assert played.detail == {"purpose_of_event": "HOPERAT", "reason": "A sound test"}
    async with practice.database.transaction() as tx:
        theirs, _ = await playback_grants.create(
            tx, holder_id="admin", recording_id=of[1], why=WHY, now=practice.clock.now()
        )
    assert await refused(playbacks.download(*of, part_id, theirs)) == (403, "playback_expired")


async def test_a_playback_is_its_holders_and_does_not_last(
    practice: Practice, recording: Recording
) -> None:
    playback, _ = await opened(practice, recording)
    colleague = Actor("colleague", "Colleague", "compliance")
    async with practice.database.transaction() as tx:
        await users.ensure(tx, ISSUER, "colleague", role="compliance", name="Colleague", now=START)
    part_id = next(iter(playback.urls))
    media, recording_id = practice.playbacks.media, recording.recording_id
    expected = (403, "playback_expired")
    assert await refused(media(colleague, recording_id, part_id, playback.playback_id)) == expected
    assert await refused(media(practice.compliance, recording_id, part_id, "")) == expected
    for forged in ("1", "1" * 400, "\udcff", playback.playback_id[:-1], tokens.new()):
        assert await refused(media(practice.compliance, recording_id, part_id, forged)) == expected
    assert (
        await refused(media(practice.compliance, "other", part_id, playback.playback_id))
        == expected
    )
    (await media(practice.compliance, recording_id, part_id, playback.playback_id)).reader.close()
    await practice.clock.advance(playback_grants.LIFETIME.total_seconds())
    assert (
        await refused(media(practice.compliance, recording_id, part_id, playback.playback_id))
        == expected
    )


async def test_a_playback_of_one_recording_opens_no_other(
    practice: Practice, recording: Recording
) -> None:
    playback, _ = await opened(practice, recording)
    room_id = await inviting.initiate(
        practice.calls, practice.other_provider, "other_patient", recording_enabled=True
    )
    await record(
        practice.recordings.archive, (await practice.log(room_id))[0].session_id or "", room_id
    )
    listed = (await practice.playbacks.list(practice.compliance, None)).recordings
    [other] = [found for found in listed if found.recording_id != recording.recording_id]
    part_id = (
        (await practice.playbacks.detail(practice.compliance, other.recording_id)).parts[0].part_id
    )
    media = practice.playbacks.media(
        practice.compliance, other.recording_id, part_id, playback.playback_id
    )
    assert await refused(media) == (403, "playback_expired")


@pytest.mark.parametrize("change", ["disabled", "demoted", "revoked"])
async def test_a_playback_ends_at_once_with_its_holders_right(
    practice: Practice, recording: Recording, change: str
) -> None:
    """Whatever the sign-in behind the request was told a moment ago."""
    playback, url = await opened(practice, recording)
    async with practice.database.transaction() as tx:
        holder = await tx.get_one(models.User, practice.compliance.user_id)
        if change == "disabled":
            await users.disable(tx, holder, now=START)
        elif change == "demoted":
            holder.role = "ops"
        else:
            await playback_grants.revoke_all(tx, holder.id, now=START)
    async with browser(practice, practice.compliance) as client, client.get(url) as response:
        assert (response.status, (await response.json())["code"]) == (403, "playback_expired")
    async with practice.database.transaction() as tx:
        holder = await tx.get_one(models.User, practice.compliance.user_id)
        holder.disabled, holder.role = False, "compliance"
        grants = list(await tx.scalars(select(models.PlaybackGrant)))
    assert [grant.revoked_at for grant in grants] == [None if change == "demoted" else START]
    assert playback.playback_id not in {grant.id_sha256 for grant in grants}, "kept hashed"


async def test_expired_playbacks_are_swept_when_one_is_opened(
    practice: Practice, recording: Recording
) -> None:
    await opened(practice, recording)
    await practice.clock.advance(playback_grants.LIFETIME.total_seconds())
    await opened(practice, recording)
    async with practice.database.reading() as tx:
        [grant] = await tx.scalars(select(models.PlaybackGrant))
    assert grant.expires_at == practice.clock.now() + playback_grants.LIFETIME


async def test_a_playback_that_is_not_logged_is_not_granted(
    practice: Practice, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise DatabaseUnavailable("The database went away.")

    monkeypatch.setattr(audit, "append", fail)
    with pytest.raises(DatabaseUnavailable):
        await opened(practice, recording)
    async with practice.database.reading() as tx:
        assert (await tx.scalars(select(models.PlaybackGrant))).all() == []


async def test_what_does_not_exist(practice: Practice, recording: Recording) -> None:
    compliance, playbacks = practice.compliance, practice.playbacks
    for recording_id in ("nothing", "a\x00b", "x" * 5000):
        assert await refused(playbacks.open(compliance, recording_id, WHY)) == (
            404,
            "unknown_recording",
        )
        assert await refused(playbacks.open(practice.patient, recording_id, WHY)) == (
            403,
            "forbidden",
        )
    assert await refused(playbacks.download(compliance, "nothing", "part", "1")) == (
        404,
        "unknown_recording",
    )
    assert await refused(playbacks.download(compliance, recording.recording_id, "part", "1")) == (
        404,
        "unknown_part",
    )


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-0", 206, 0, 1),
        ("bytes=0-", 206, 0, len(FILE)),
        ("bytes=5-20", 206, 5, 21),  # across the end of the seek header
        ("bytes=16300-200000", 206, 16300, 200001),  # across encrypted chunks
        ("bytes=-7", 206, len(FILE) - 7, len(FILE)),
        ("bytes=255000-999999999", 206, 255000, len(FILE)),
        ("bytes=9-5", 200, 0, len(FILE)),
        ("bytes=0-1,5-6", 200, 0, len(FILE)),
        ("lines=1-2", 200, 0, len(FILE)),
    ],
)
async def test_ranges(
    practice: Practice, recording: Recording, asked: str, status: int, start: int, end: int
) -> None:
    _, url = await opened(practice, recording)
    async with browser(practice, practice.compliance) as client:
        response = await client.get(url, headers={"Range": asked})
        assert response.status == status
        assert await response.read() == FILE[start:end]
        if status == 206:
            assert response.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(FILE)}"


async def test_beyond_the_end_head_and_if_range(practice: Practice, recording: Recording) -> None:
    _, url = await opened(practice, recording)
    async with browser(practice, practice.compliance) as client:
        beyond = await client.get(url, headers={"Range": f"bytes={len(FILE)}-"})
        assert (beyond.status, beyond.headers["Content-Range"]) == (416, f"bytes */{len(FILE)}")
        head = await client.head(url)
        assert (head.status, head.headers["Content-Length"]) == (200, str(len(FILE)))
        assert await head.read() == b""
        same = await client.get(
            url, headers={"Range": "bytes=0-3", "If-Range": head.headers["ETag"]}
        )
        assert same.status == 206
        other = await client.get(url, headers={"Range": "bytes=0-3", "If-Range": '"another"'})
        assert (other.status, len(await other.read())) == (200, len(FILE))


async def test_a_download_names_no_person_and_is_audited_first(
    practice: Practice, recording: Recording
) -> None:
    _, url = await opened(practice, recording)
    async with browser(practice, practice.compliance) as client:
        response = await client.get(url.replace("/media", "/download"))
        name = response.headers["Content-Disposition"]
        assert name.startswith('attachment; filename="2026-03-02_0900_patient_camera_00000s_')
        assert name.endswith('.webm"')
        assert await response.read() == FILE
    assert ("recording.downloaded", "compliance") in await actions(practice, recording)


@pytest.mark.parametrize("saved", [True, False], ids=["download", "playback"])
@pytest.mark.parametrize("change", ["erased", "disabled", "demoted"])
async def test_what_is_being_read_ends_with_the_right_to_it(
    practice: Practice, recording: Recording, saved: bool, change: str
) -> None:
    playback, _ = await opened(practice, recording)
    [part_id] = playback.urls
    of = practice.compliance, recording.recording_id, part_id
    read = practice.playbacks.download if saved else practice.playbacks.media
    file = await read(*of, playback.playback_id)
    assert await file.read(0, 1000) == FILE[:1000]
    if change == "erased":
        await practice.erasures.request(*of[:2], "Asked for")
    else:
        async with practice.database.transaction() as tx:
            holder = await tx.get_one(models.User, practice.compliance.user_id)
            if change == "disabled":
                await users.disable(tx, holder, now=START)
            else:
                holder.role = "ops"
    await practice.clock.advance(1)
    refusal = "recording_erased" if change == "erased" else "playback_expired"
    with pytest.raises(DomainError, match=refusal):
        await file.read(1000, 1000)
    file.close()


async def test_a_download_is_broken_off_when_its_recording_is_erased(
    practice: Practice, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "AGAIN_SECONDS", 0)
    monkeypatch.setattr(content, "PIECE_BYTES", 1000)
    read = media.Media.read

    async def erasing(self: media.Media, start: int, length: int) -> bytes:
        if start == 100_000:
            await practice.erasures.request(practice.compliance, recording.recording_id, "why")
        return await read(self, start, length)

    monkeypatch.setattr(media.Media, "read", erasing)
    _, url = await opened(practice, recording)
    async with browser(practice, practice.compliance) as client:
        response = await client.get(url)
        assert response.status == 200
        with pytest.raises(aiohttp.ClientError):
            await response.read()


async def test_a_changed_byte_is_never_played(practice: Practice, recording: Recording) -> None:
    _, url = await opened(practice, recording)
    [path] = practice.recordings.archive.folder.rglob("*.part")
    content = bytearray(path.read_bytes())
    content[220_000] ^= 1
    path.write_bytes(content)
    async with browser(practice, practice.compliance) as client:
        response = await client.get(url, headers={"Range": "bytes=0-1000"})
        assert await response.read() == FILE[:1001]
        torn = await client.get(url)
        assert torn.status == 200
        with pytest.raises(aiohttp.ClientError):
            await torn.read()
        at_once = await client.get(url, headers={"Range": "bytes=219900-"})
        assert (at_once.status, (await at_once.json())["code"]) == (500, "recording_damaged")
    told = [action for action, _ in await actions(practice, recording)]
    assert told.count("recording.damaged") == 2


async def test_a_missing_file_and_a_truncated_one(practice: Practice, recording: Recording) -> None:
    _, url = await opened(practice, recording)
    [path] = practice.recordings.archive.folder.rglob("*.part")
    async with browser(practice, practice.compliance) as client:
        path.write_bytes(path.read_bytes()[:100_000])
        assert (await client.get(url)).status == 500
        path.unlink()
        assert (await client.get(url)).status == 500


async def test_another_key_opens_nothing(tmp_path: Path) -> None:
    async with open_practice(tmp_path) as practice:
        room_id = await practice.ring(recording=True)
        await record(
            practice.recordings.archive, (await practice.log(room_id))[0].session_id or "", room_id
        )
    shelved = tmp_path / "keys" / "recording.key"
    shelved.rename(tmp_path / "shelved.key")
    async with open_practice(tmp_path) as practice:
        [listed] = (await practice.playbacks.list(practice.compliance, None)).recordings
        of = practice.compliance, listed.recording_id
        playback = await practice.playbacks.open(*of, WHY)
        [part_id] = playback.urls
        download = practice.playbacks.download(*of, part_id, playback.playback_id)
        assert await refused(download) == (503, "recording_key_missing")


async def change_row(practice: Practice, **values: object) -> None:
    """As somebody does who can write the database but has no key."""
    async with practice.database.transaction() as tx:
        await tx.execute(update(RecordingPart).values(values))


@pytest.mark.parametrize(
    "changed",
    [
        {"body_offset": BODY_OFFSET + 50},
        {"body_offset": -1_000_000},
        {"body_offset": len(PLAINTEXT) + 1},
        {"participant_id": "provider"},
        {"offset_ms": 5000},
        {"duration_ms": 1},
        {"seek_header": b"seek heAder"},
        {"media_type": "text/html"},
        {"source": "screen"},
        {"state": "recovered"},
        {"losses": {"forged": 1}},
        {"mac": None},
        {"mac": bytes(32)},
    ],
    ids=lambda changed: "_".join(map(str, *changed.items()))[:40],
)
async def test_a_row_that_somebody_changed_is_told_and_not_played(
    practice: Practice, recording: Recording, changed: dict[str, object]
) -> None:
    await change_row(practice, **changed)
    _, url = await opened(practice, recording)
    assert ("recording.damaged", "compliance") in await actions(practice, recording), (
        "told when it is opened"
    )
    async with (
        browser(practice, practice.compliance) as client,
        asyncio.timeout(20),
        client.get(url) as response,
    ):
        assert (response.status, (await response.json())["code"]) == (500, "recording_damaged")


@pytest.mark.parametrize("changed", ["session_id", "started_at"])
async def test_a_recording_that_was_moved_to_another_call_is_not_played(
    practice: Practice, recording: Recording, changed: str
) -> None:
    room_id = await inviting.initiate(practice.calls, practice.other_provider, "other_patient")
    values = {
        "session_id": (await practice.log(room_id))[0].session_id,
        "started_at": START - timedelta(days=1),
    }
    values = {changed: values[changed]}
    async with practice.database.transaction() as tx:
        await tx.execute(update(models.Recording).values(values))
    _, url = await opened(practice, recording)
    async with browser(practice, practice.compliance) as client, client.get(url) as response:
        assert (await response.json())["code"] == "recording_damaged"


async def test_recordings_of_before_rows_were_authenticated_still_play(
    practice: Practice, recording: Recording
) -> None:
    await as_version(practice, recording.recording_id, 1)
    _, url = await opened(practice, recording)
    async with browser(practice, practice.compliance) as client:
        async with client.get(url) as response:
            assert await response.read() == FILE
        await change_row(practice, body_offset=-1_000_000)
        async with client.get(url) as response, asyncio.timeout(20):
            assert (response.status, (await response.json())["code"]) == (500, "recording_damaged")


async def test_something_else_in_place_of_a_part_is_damage_and_holds_up_nobody(
    practice: Practice, recording: Recording
) -> None:
    _, url = await opened(practice, recording)
    [path] = practice.recordings.archive.folder.glob("*/*.part")
    path.unlink()
    os.mkfifo(path)
    async with (
        browser(practice, practice.compliance) as client,
        asyncio.timeout(20),
        client.get(url) as response,
    ):
        assert (response.status, (await response.json())["code"]) == (500, "recording_damaged")


async def test_a_disk_that_hangs_holds_up_playback_only(
    practice: Practice, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More readers hang than asyncio's shared pool has threads;
    a sign-in computes its hash all the same.
    """
    released, hanging = threading.Event(), threading.Semaphore(0)
    read = PartReader.read

    def hang(reader: PartReader, start: int, length: int) -> bytes:
        hanging.release()
        released.wait(60)
        return read(reader, start, length)

    monkeypatch.setattr(PartReader, "read", hang)
    _, url = await opened(practice, recording)
    async with browser(practice, practice.compliance) as client:
        asking = [asyncio.create_task(client.get(url)) for _ in range(40)]
        await asyncio.to_thread(lambda: [hanging.acquire() for _ in range(PLAYING_AT_ONCE)])
        passwords = Passwords()
        assert await passwords.verify(await passwords.hash("correct horse"), "correct horse")
        assert await asyncio.to_thread(lambda: True)
        released.set()
        for response in await asyncio.gather(*asking):
            assert await response.read() == FILE
