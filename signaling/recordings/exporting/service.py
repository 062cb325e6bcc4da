"""Who may ask for an export, cancel it and download it; all of it audited."""

import logging
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.kernel.actor import Actor
from signaling.kernel.clock import Clock
from signaling.kernel.errors import Conflict, Damaged, NotAllowed, NotFound, Unavailable
from signaling.kernel.permissions import may
from signaling.recordings.access import Access
from signaling.recordings.archive import Archive
from signaling.recordings.exporting.download import ExportDownload
from signaling.recordings.exporting.jobs import ExportJobs, event
from signaling.recordings.exporting.resources import (
    AskForExport,
    RecordingExport,
    RecordingExportList,
)
from signaling.recordings.playback.asked import refuse_erased
from signaling.recordings.playback.media import Permission
from signaling.recordings.unlocking import Gate
from signaling.recordings.why import told
from storage import audit
from storage.audit import Detail
from storage.cluster import nodes
from storage.errors import DamagedPart, KeyFileError, KeyServiceAway, WrongKey
from storage.models import RecordingExport as Row
from storage.people import users
from storage.people.playback_grants import Why
from storage.recordings import recording_exports, recordings
from storage.recordings.recording_exports import NamedExport
from storage.rows.exports import WAITING
from storage.threads import Threads
from storage.vault.container import PartIdentity
from storage.vault.keys.sealed import is_sealed
from storage.vault.objects import LocalFile
from storage.vault.reader import PartReader
from storage.words import AuditAction

log = logging.getLogger(__name__)

MOST_WAITING = 5
"""Exports of one person that wait or run."""
AT_ONCE = 2
"""Pieces that are read."""


class Exports:
    """To whoever is not of compliance, each method raises NotAllowed, audited."""

    def __init__(
        self, archive: Archive, jobs: ExportJobs, access: Access, gate: Gate, clock: Clock
    ) -> None:
        self._archive = archive
        self._database = archive.database
        self._jobs = jobs
        self._access = access
        self._gate = gate
        self._clock = clock
        self._disk = Threads("exports", AT_ONCE)

    async def ask(self, actor: Actor, recording_id: str, asked: AskForExport) -> RecordingExport:
        """It is made in the background, within a playback that this actor has opened."""
        await self._access.require(actor, "recording.download", recording_id)
        async with (
            self._access.noting(actor, "recording.download", recording_id),
            self._database.transaction() as tx,
        ):
            within = await self._gate.standing(tx, actor, recording_id, asked.playback_id)
            recording = await recordings.for_change(tx, recording_id)  # nobody erases it meanwhile
            refuse_erased(recording)
            if recording.state == "recording":
                raise Conflict("recording_not_over")
            if asked.contents != "encrypted" and is_sealed(recording.key_id):
                raise Conflict("recording_sealed")
            if await recording_exports.count_waiting(tx, actor.user_id) >= MOST_WAITING:
                raise Conflict("exports_wait", most=MOST_WAITING)
            export_id = await recording_exports.create(
                tx,
                recording_id=recording_id,
                by=actor.user_id,
                within=within,
                contents=asked.contents,
                layout=asked.layout,
                now=self._clock.now(),
            )
            job = await self._named(tx, export_id)
            await self._note(tx, "recording.export_requested", actor, job, told(within.why))
        return _resource(job)

    async def list(self, actor: Actor) -> RecordingExportList:
        """Of everybody."""
        await self._access.require(actor, "recording.list")
        async with self._database.reading() as tx:
            listed = await recording_exports.newest(tx)
        return RecordingExportList(exports=[_resource(each) for each in listed])

    async def cancel(self, actor: Actor, export_id: str) -> RecordingExport:
        """What waits or runs; what was made is destroyed."""
        await self._access.require(actor, "recording.download")
        async with self._database.transaction() as tx:
            job = await self._own(tx, actor, export_id)
            if await recording_exports.cancel(tx, export_id, self._clock.now()):
                await self._note(tx, "recording.export_cancelled", actor, job)
            elif await recording_exports.destroy(tx, export_id):
                await self._note(tx, "recording.export_destroyed", actor, job)
            else:
                raise Conflict("export_over")
            job = await self._named(tx, export_id)
        return _resource(job)

    async def download(self, actor: Actor, export_id: str) -> ExportDownload:
        """By whoever asked for it, as long as they may."""
        await self._access.require(actor, "recording.download")
        async with self._database.reading() as tx:
            recording_id = (await self._own(tx, actor, export_id)).recording.id
        ask = partial(self._downloadable, actor=actor, export_id=export_id)
        permission = Permission(self._database, self._clock, ask)
        async with (
            self._access.noting(actor, "recording.download", recording_id),
            self._database.reading() as tx,
        ):
            job = await ask(tx)
        reader = await self._opened(job)
        export = job.export

        async def accessed(octets: Detail) -> None:
            async with self._database.transaction() as tx:
                detail = {**octets, **told(Why(export.purpose, export.reason))}
                await self._note(tx, "recording.export_downloaded", actor, job, detail)

        return ExportDownload(
            tag=export.id,
            media_type="application/zip",
            download_name=f"recording-{job.recording.started_at:%Y-%m-%d-%H%M}-{export.id[:8]}.zip",
            permission=permission,
            reader=reader,
            disk=self._disk,
            on_access=accessed,
        )

    async def _downloadable(self, tx: AsyncSession, actor: Actor, export_id: str) -> NamedExport:
        """Raises NotAllowed, Conflict. The role behind the sign-in may be a moment old."""
        job = await self._own(tx, actor, export_id)
        user = await users.by_id(tx, actor.user_id)
        if user is None or user.disabled or not may(user.role, "recording.download"):
            raise NotAllowed("playback_expired")
        refuse_erased(job.recording)
        export = job.export
        if export.state in WAITING:
            raise Conflict("export_not_made")
        if export.failure == "approval_ended":
            raise NotAllowed("approval_ended")
        if export.state != "done" or export.expires_at is None:
            raise Conflict("export_over")
        if export.expires_at <= self._clock.now():
            raise Conflict("export_over")
        await self._gate.require_export(tx, actor, job.recording.id, export.unlock_id)
        return job

    async def _opened(self, job: NamedExport) -> PartReader:
        export = job.export
        if export.place_id != self._archive.place.id or self._is_in_other_memory(export):
            async with self._database.reading() as tx:
                node = await nodes.name_of(tx, export.node_id)
            raise Unavailable("export_elsewhere", node=node)
        try:
            key = await self._jobs.keys.unwrap(
                export.wrapped_key or b"", export.id, export.key_id or ""
            )
            return await self._disk.run(self._reader, job, key.key)
        except KeyServiceAway:
            raise Unavailable("recording_key_away", retry_after=10) from None
        except (WrongKey, KeyFileError) as error:
            log.error("export %s cannot be opened: %s", export.id, error)
            raise Conflict("export_over") from None
        except (DamagedPart, OSError) as error:
            log.error("export %s cannot be read: %s", export.id, error)
            raise Damaged("export_damaged") from None

    def _is_in_other_memory(self, export: Row) -> bool:
        return export.key_id == recording_exports.IN_MEMORY and not self._database.carrier.carries(
            export
        )

    def _reader(self, job: NamedExport, key: bytes) -> PartReader:
        file = LocalFile(self._jobs.path(job.export.path or ""))
        return PartReader(file, key, PartIdentity(job.recording.id, job.export.id))

    async def _own(self, tx: AsyncSession, actor: Actor, export_id: str) -> NamedExport:
        """Of somebody else it is as if there were none."""
        job = await self._named(tx, export_id)
        if job.export.requested_by != actor.user_id:
            raise NotFound("unknown_export")
        return job

    @staticmethod
    async def _named(tx: AsyncSession, export_id: str) -> NamedExport:
        job = await recording_exports.by_id(tx, export_id)
        if job is None:
            raise NotFound("unknown_export")
        return job

    async def _note(
        self,
        tx: AsyncSession,
        action: AuditAction,
        actor: Actor,
        job: NamedExport,
        detail: Detail | None = None,
    ) -> None:
        await audit.append(tx, event(action, self._clock.now(), job, actor, detail))


def _resource(job: NamedExport) -> RecordingExport:
    export = job.export
    return RecordingExport(
        export_id=export.id,
        recording_id=export.recording_id,
        patient_name=job.patient_name,
        recorded_at=job.recording.started_at,
        requested_at=export.requested_at,
        requested_by=export.requested_by,
        requested_by_name=job.requested_by_name,
        purpose=export.purpose,
        reason=export.reason,
        contents=export.contents,
        layout=export.layout,
        state=export.state,
        phase=export.phase,
        done=export.done,
        total=export.total,
        failure=export.failure,
        finished_at=export.finished_at,
        expires_at=export.expires_at,
        size_bytes=export.size_bytes,
    )
