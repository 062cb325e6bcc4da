"""Recordings in the folder of a server that does not run, made by the product's own code."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from relay.recorder import PartDescription, PartSummary
from signaling.kernel.clock import SystemClock
from signaling.kernel.words import Role
from signaling.recordings.archive import Archive, OpenRecording
from signaling.recordings.folder import find
from storage.calls import telemedicine_sessions
from storage.database import Database
from storage.ids import new_id
from storage.people import users
from storage.vault.keys.folder import KeyFolder
from storage.vault.partfile import PartFile

SEEK_HEADER = b"x" * 4_000
PROVIDER, PATIENT = "provider-1", "patient-1"
ISSUER = "platform"  # of the tokens that the callers of benchmarks have


async def add_people(database: Database) -> None:
    """Whose recordings they are."""
    now = SystemClock().now()
    people: tuple[tuple[str, Role], ...] = ((PROVIDER, "provider"), (PATIENT, "patient"))
    async with database.transaction() as tx:
        for user_id, role in people:
            await users.ensure(tx, ISSUER, user_id, role=role, name=f"A {role}", now=now)


@asynccontextmanager
async def archive_of(database: Database, folder: Path) -> AsyncIterator[Archive]:
    """That of a server whose folder it is."""
    archive = Archive(
        database,
        KeyFolder.load(folder / "keys" / "recording.key"),
        folder / "data" / "recordings",
        SystemClock(),
    )
    await find(archive)  # the folder is its own from now on
    yield archive
    archive.place.release()


async def new_recording(archive: Archive) -> OpenRecording:
    """Of a call that is over."""
    now = SystemClock().now()
    async with archive.database.transaction() as tx:
        session = await telemedicine_sessions.create(
            tx,
            patient_id=PATIENT,
            provider_id=PROVIDER,
            room_id=new_id(),
            recording_enabled=True,
            audio_only=False,
            now=now,
            invitation_expires_at=now,
        )
        session.call_status = "ended"
    return await archive.create(session.id, session.room_id)


async def add_torn_part(
    archive: Archive, opened: OpenRecording, participant_id: str, content: Iterable[bytes]
) -> None:
    """All of it is synced, but not sealed, as a killed server leaves one."""
    described = PartDescription(participant_id, "camera", "video/webm", 0)
    identity, path = await archive.add_part(opened, described)
    file = PartFile(path, opened.data_key.key, identity)
    for piece in content:
        file.append(piece)
    file.sync()
    file.abandon()


async def add_sealed_part(
    archive: Archive, opened: OpenRecording, content: Iterable[bytes], duration_ms: int
) -> None:
    """The patient's, and the recording is complete with it."""
    described = PartDescription(PATIENT, "camera", "video/webm", 0)
    identity, path = await archive.add_part(opened, described)
    file = PartFile(path, opened.data_key.key, identity)
    for piece in content:
        file.append(piece)
    file.finish()
    summary = PartSummary(duration_ms, SEEK_HEADER, 0)
    await archive.settle_part(identity.part_id, opened.data_key, "sealed", file.size, summary)
    await archive.finish(opened.id, opened.data_key, "complete", "recording.completed", {})
