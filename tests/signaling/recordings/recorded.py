"""Recordings on disk, with a real key, and how compliance gets at them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import update

from relay.recorder import Gap, Losses, PartDescription, PartSummary
from signaling.http.content import send
from signaling.http.problem import headers, status
from signaling.kernel.actor import Actor
from signaling.kernel.errors import DomainError
from signaling.recordings.archive import Archive, OpenRecording
from signaling.recordings.resources import Playback, Recording
from storage import audit, models
from storage.people.playback_grants import Why
from storage.vault.container import PartIdentity
from storage.vault.keys import DataKey
from storage.vault.writer import PartWriter
from tests.signaling.practice import Practice

WHY = Why("PATRQT")
HEADER = b"seek header"
BODY_OFFSET = 100
PLAINTEXT = bytes(range(256)) * 1000
LOSSES = Losses(lost_packets=3, silence_ms=60, gaps=(Gap("sound", "lost", 500, 560),))
FILE = HEADER + PLAINTEXT[BODY_OFFSET:]


async def record(
    archive: Archive, session_id: str, room_id: str, people: Sequence[str] = ("patient",)
) -> OpenRecording:
    """A recording with a part of each of them, written as calls write it."""
    opened = await archive.create(session_id, room_id)
    for participant_id in people:
        await add_part(archive, opened, participant_id)
    await archive.finish(opened.id, opened.data_key, "complete", "recording.completed", {})
    return opened


async def add_part(archive: Archive, opened: OpenRecording, participant_id: str) -> None:
    """A whole one."""
    identity = await begin_part(archive, opened, participant_id, PLAINTEXT)
    summary = PartSummary(2000, HEADER, BODY_OFFSET, LOSSES)
    await archive.settle_part(identity.part_id, opened.data_key, "sealed", len(PLAINTEXT), summary)


async def begin_part(
    archive: Archive, opened: OpenRecording, participant_id: str, plaintext: bytes = b""
) -> PartIdentity:
    """One whose file is written, and whose row does not know it yet."""
    described = PartDescription(participant_id, "camera", 'video/webm; codecs="vp8, opus"', 0)
    identity, path = await archive.add_part(opened, described)
    writer = await PartWriter.create(path, opened.data_key.key, identity, lambda _: None)
    writer.write(plaintext)
    await writer.close()
    return identity


@asynccontextmanager
async def browser(
    practice: Practice, actor: Actor
) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    """HTTP around the playbacks, for an actor who is signed in."""

    async def media(request: web.Request) -> web.StreamResponse:
        match = request.match_info
        try:
            file = await practice.playbacks.media(
                actor, match["r"], match["p"], request.query.get("playback", "")
            )
            return await send(request, file)
        except DomainError as problem:
            return web.json_response(
                {"code": problem.code}, status=status(problem), headers=headers(problem)
            )

    async def download(request: web.Request) -> web.StreamResponse:
        file = await practice.playbacks.download(
            actor,
            request.match_info["r"],
            request.match_info["p"],
            request.query.get("playback", ""),
        )
        return await send(request, file)

    async def sealed(request: web.Request) -> web.StreamResponse:
        match, query = request.match_info, request.query
        of = actor, match["r"], match["p"], query.get("playback", "")
        try:
            file = await practice.sealed_playbacks.file(*of, tail="tail" in query)
        except DomainError as problem:
            return web.json_response({"code": problem.code}, status=status(problem))
        return await send(request, file)

    app = web.Application()
    app.router.add_get("/api/v1/telemedicine/recordings/{r}/parts/{p}/media", media)
    app.router.add_get("/api/v1/telemedicine/recordings/{r}/parts/{p}/download", download)
    app.router.add_get("/api/v1/telemedicine/recordings/{r}/parts/{p}/sealed", sealed)
    async with TestClient(TestServer(app)) as client:
        yield client


async def as_version(practice: Practice, recording_id: str, version: int) -> None:
    """As an earlier server made it; nobody can who has no key file."""
    keys = practice.recordings.archive.keys
    async with practice.database.transaction() as tx:
        row = await tx.get_one(models.Recording, recording_id)
        assert row.wrapped_key
        data_key = await keys.unwrap(row.wrapped_key, row.id, row.key_id)
        older = DataKey(data_key.key, version)
        row.wrapped_key, row.mac = await keys.wrap(older, row.id, row.key_id), None
        if version < 2:
            of_it = models.RecordingPart.recording_id == recording_id
            await tx.execute(update(models.RecordingPart).where(of_it).values(mac=None))


async def opened(practice: Practice, recording: Recording) -> tuple[Playback, str]:
    playback = await practice.playbacks.open(practice.compliance, recording.recording_id, WHY)
    [url] = playback.urls.values()
    return playback, url


async def actions(practice: Practice, recording: Recording) -> list[tuple[str, str | None]]:
    async with practice.database.transaction() as tx:
        stored = await audit.for_recording(tx, recording.recording_id)
    return [(entry.event.action, entry.event.actor_id) for entry in stored]
