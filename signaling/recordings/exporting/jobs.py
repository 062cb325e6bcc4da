"""Makes the exports that were asked for, one at a time, and destroys them when their time is over.

One server's. What a server that is no more has left, another one, or its own next start, begins
anew, and so is what it could not write the end of: a file has the fence of the start and the number
of the attempt in its name, so that two never write the same one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from signaling import shipped
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.background import repeat
from signaling.kernel.clock import Clock
from signaling.kernel.words import ExportFailure
from signaling.recordings.archive import Archive
from signaling.recordings.exporting import gathering, process
from signaling.recordings.exporting.documents import Made
from signaling.recordings.exporting.gathering import Log, Wanted
from signaling.recordings.exporting.keys import ExportKeys
from signaling.recordings.exporting.page import page
from signaling.recordings.exporting.worker import Order, PartPlace, Told, failure_of
from signaling.recordings.keys import key_used, logged_digest
from storage import audit
from storage.audit import key as audit_key
from storage.audit.cosignature import Cosigner
from storage.audit.note import Signer
from storage.bundle import manifest
from storage.errors import (
    DatabaseUnavailable,
    InvalidNote,
    KeyFileError,
    KeyIsSealed,
    KeyServiceAway,
    NoRoom,
    RecordingsAway,
    StorageError,
    WrongKey,
)
from storage.recordings import exports, recording_exports
from storage.recordings.recording_exports import MOST_ATTEMPTS, NamedExport
from storage.vault.keys import DataKey
from storage.words import AuditAction

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
SWEEP_SECONDS = 30.0
TELL_SECONDS = 1.0
SIGNED_SECONDS = 5.0
"""So long it waits for a checkpoint, so that the export's own rows are proved as well."""
FOLDER = "exports"


class Ended(Exception):  # noqa: N818  it says what happened
    """Somebody has cancelled it, or erased the recording, or another server makes it."""


@dataclass(frozen=True)
class ExportSettings:
    """What makes an export of this server's what it is."""

    practice: str
    pages_path: Path
    log_key: Path
    """The private key of the audit log; the public one lies beside it."""
    cosigners: tuple[Cosigner, ...]
    kept_for: timedelta


class ExportJobs:
    """Watch it."""

    def __init__(
        self,
        archive: Archive,
        settings: ExportSettings,
        sign_log: Callable[[], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self.keys = ExportKeys(archive)
        self._archive = archive
        self._database = archive.database
        self._settings = settings
        self._sign_log = sign_log
        self._clock = clock

    async def watch(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(
                repeat(self._work, LOOK_SECONDS, "making exports of recordings", self._clock)
            )
            group.create_task(
                repeat(self.sweep, SWEEP_SECONDS, "destroying expired exports", self._clock)
            )

    def path(self, name: str) -> Path:
        """Of a file of an export."""
        return self._archive.folder / name

    async def _work(self) -> None:
        try:
            await self.round()
        except StorageError as error:
            log.warning("exports are made later: %s", error)

    async def round(self) -> bool:
        """Make the one that waits longest; whether there was one. Raises StorageError."""
        async with self._database.reading() as tx:
            if not await recording_exports.has_work(tx):
                return False
        if self._archive.place.id is None:
            return False  # the folder is not there, which others tell
        async with self._database.transaction() as tx:
            await recording_exports.take_left(tx)
            name = f"{FOLDER}/{{export}}.{{fence}}.{{attempt}}.part"
            job = await recording_exports.claim(tx, name, self._archive.place.id)
        if job is None:
            return False
        try:
            await self._attempt(job)
        except Ended:
            log.info("export %s is not made any further", job.export.id)
        except asyncio.CancelledError:
            async with self._database.transaction() as tx:
                await recording_exports.give_back(tx, job.export.id)
            raise
        finally:
            await self._tidy()
        return True

    async def _attempt(self, job: NamedExport) -> None:
        if job.export.attempts > MOST_ATTEMPTS:
            await self._fail(job, "interrupted")
            return
        try:
            keys = await asyncio.to_thread(self._log_keys)
        except (KeyFileError, InvalidNote) as error:
            await self._fail(job, "log_key_missing", error)
            return
        try:
            await self._make(job, *keys)
        except KeyServiceAway as error:
            await self._fail(job, "key_away", error)
        except (KeyIsSealed, KeyFileError, WrongKey) as error:
            await self._fail(job, "key_missing", error)
        except NoRoom as error:
            await self._fail(job, "no_space", error)
        except RecordingsAway as error:
            await self._fail(job, "store_away", error)
        except DatabaseUnavailable:
            raise  # nothing can be written about it: the next round begins it anew
        except (StorageError, OSError) as error:
            await self._fail(job, failure_of(error), error)

    async def _make(self, job: NamedExport, signer: Signer, known: Log) -> None:
        order = await self._order(job, known)
        told_at = float("-inf")

        async def told(line: Told) -> None:
            nonlocal told_at
            now = self._clock.moment().steady
            if line.kind != "progress" or now - told_at < TELL_SECONDS:
                return
            told_at = now
            await self._archive.disk.run(self._archive.space.require)
            async with self._database.transaction() as tx:
                progress = line.phase, line.done, line.total
                if not await recording_exports.progress(tx, job.export.id, *progress):
                    raise Ended

        def sign(text: bytes) -> bytes:
            return manifest.sign(manifest.parse(text), signer)

        last = await process.run(order, told, sign)
        if last.kind == "failed":
            log.error("export %s: %s", job.export.id, last.problem)
            await self._fail(job, last.failure)
            return
        wrapped, key_id = await self.keys.wrap(DataKey(order.file_key), job.export.id)
        await self._finish(job, recording_exports.Made(last.done, wrapped, key_id))

    async def _order(self, job: NamedExport, known: Log) -> Order:
        """What is known of the recording now. Raises StorageError, OSError, Ended."""
        export, now = job.export, self._clock.now()
        data_key = None
        if export.contents != "encrypted":
            data_key = await self._archive.data_key(job.recording)
            async with self._database.transaction() as tx:
                await audit.append(tx, key_used(now, None, job.recording, "export"))
        await self._signed(job, known)
        async with self._database.reading() as tx:
            found = await gathering.look_up(tx, export.recording_id, known)
            digest = await logged_digest(tx, export.recording_id)
        if found is None or found.found.recording.state == "erased":
            raise Ended
        parts = [named.part for named in found.parts]
        verdict = await self._archive.verdict(found.found.recording, parts)
        made = Made(
            at=now,
            by_name=job.requested_by_name,
            purpose=export.purpose,
            reason=export.reason,
            practice=self._settings.practice,
            version=shipped.version(),
        )
        wanted = Wanted(export.contents, export.layout, made)
        bucket = self._archive.bucket
        return Order(
            contents=export.contents,
            layout=export.layout,
            rows=exports.describe(found.found.recording, found.parts, digest, now),
            places=[PartPlace(part.place_id, part.kept, part.node_id) for part in parts],
            about=gathering.about(found, verdict, wanted, known),
            page=await asyncio.to_thread(page, self._settings.pages_path),
            data_key=data_key.key if data_key else None,
            data_key_version=data_key.version if data_key else 0,
            folder=self._archive.folder,
            bucket=bucket.settings if bucket else None,
            place_id=self._archive.place.id,
            export_id=export.id,
            file=self.path(export.path or ""),
            file_key=DataKey.new().key,
        )

    async def _signed(self, job: NamedExport, known: Log) -> None:
        """Once the log's rows about the recording are signed, or it took too long."""
        deadline = self._clock.moment().steady + SIGNED_SECONDS
        while self._clock.moment().steady < deadline:
            await self._sign_log()
            async with self._database.reading() as tx:
                found = await gathering.look_up(tx, job.export.recording_id, known)
            if found is None or not found.excerpt.not_signed:
                return
            await asyncio.sleep(LOOK_SECONDS / 4)

    def _log_keys(self) -> tuple[Signer, Log]:
        """Raises KeyFileError, InvalidNote."""
        path = self._settings.log_key
        first = audit_key.load_public(audit_key.public_file(path))
        return audit_key.load(path), Log(first, self._settings.cosigners)

    async def _finish(self, job: NamedExport, made: recording_exports.Made) -> None:
        now = self._clock.now()
        until = now + self._settings.kept_for
        async with self._database.transaction() as tx:
            if not await recording_exports.finish(tx, job.export.id, made, now, until):
                raise Ended
            detail: audit.Detail = {"size": made.size_bytes}
            await audit.append(tx, event("recording.export_made", now, job, None, detail))

    async def _fail(
        self, job: NamedExport, failure: ExportFailure, error: Exception | None = None
    ) -> None:
        if error is not None:
            log.error("export %s cannot be made: %s", job.export.id, error)
        now = self._clock.now()
        async with self._database.transaction() as tx:
            if await recording_exports.fail(tx, job.export.id, failure, now):
                detail: audit.Detail = {"failure": failure}
                await audit.append(tx, event("recording.export_failed", now, job, None, detail))

    async def sweep(self) -> None:
        """Those whose time is over, those whose key is lost, and files that nobody needs any more.
        Raises StorageError, OSError.
        """
        async with self._database.reading() as tx:
            over = await recording_exports.expired(tx, self._clock.now())
            lost = await recording_exports.lost(tx)
        for export_id in over:
            await self._destroy(export_id, None)
        for export_id in lost:
            await self._destroy(export_id, "key_lost")
        await self._tidy()

    async def _destroy(self, export_id: str, failure: ExportFailure | None) -> None:
        async with self._database.transaction() as tx:
            if not await recording_exports.destroy(tx, export_id, failure):
                return
            job = await recording_exports.by_id(tx, export_id)
            assert job is not None  # noqa: S101  it was just changed
            detail: audit.Detail = {"failure": failure} if failure else {}
            now = self._clock.now()
            await audit.append(tx, event("recording.export_destroyed", now, job, None, detail))

    async def _tidy(self) -> None:
        """The files of what was destroyed, cancelled or left by a kill. First what is there, then
        what is needed: a file is never there before its row is.
        """
        if self._archive.place.id is None:
            return
        there = await self._archive.disk.run(self._files)
        async with self._database.reading() as tx:
            needed = await recording_exports.files_needed(tx)
        await self._archive.disk.run(self._delete_all_but, there, needed)

    def _files(self) -> Sequence[Path]:
        return list((self._archive.folder / FOLDER).glob("*.part*"))

    def _delete_all_but(self, there: Sequence[Path], needed: set[str]) -> None:
        self._archive.place.require()
        for file in there:
            if f"{FOLDER}/{file.name.removesuffix('.tail')}" not in needed:
                file.unlink(missing_ok=True)


def event(
    action: AuditAction,
    now: datetime,
    job: NamedExport,
    by: Actor | None,
    detail: audit.Detail | None = None,
) -> audit.AuditEvent:
    """Of an export, for the audit log: which one it is, and what it was for."""
    export = job.export
    said: audit.Detail = {"export_id": export.id, "contents": export.contents, **(detail or {})}
    return entry(
        action,
        now,
        by,
        session_id=job.recording.session_id,
        recording_id=job.recording.id,
        detail=said,
    )
