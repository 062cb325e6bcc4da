"""`carelay backup` and `carelay restore`: all that a server keeps, but for its key."""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from signaling.cli import auditkey
from signaling.clinical.records import Records
from signaling.clinical.records.keys import ring_of
from signaling.config import Config
from signaling.config.file import load
from signaling.kernel.auditing import entry
from signaling.kernel.clock import SystemClock
from signaling.kernel.terminal import CommandError, account, say
from signaling.recordings.archive import Archive
from signaling.recordings.bucket import bucket_of
from signaling.recordings.retention import Eraser
from storage import audit, backup
from storage.audit import Detail
from storage.audit import key as audit_key
from storage.backup import Manifest, Part, dump
from storage.clinical import files
from storage.cluster import nodes
from storage.cluster.instance import hold_database, hold_folder
from storage.database import Database, database_is_empty, schema_is_current
from storage.errors import BackupFailed, KeyFileError
from storage.models import RecordingPart
from storage.recordings import recordings
from storage.recordings.exports import UNFINISHED
from storage.retention import erasures
from storage.rows import properties
from storage.rows.properties import RECORDINGS_BUCKET, RECORDINGS_PLACE
from storage.vault.keys.folder import KeyFolder
from storage.vault.keys.service import is_of_file
from storage.vault.place import marker_id
from storage.vault.tombstones import ClinicalTombstone, Tombstone, Tombstones


def make(arguments: argparse.Namespace) -> int:
    """Beside a running server or not. 1 if a recording's file is not there:
    the rest is in the backup.
    """
    config = load(arguments.config, files_must_exist=False)
    folder: Path = arguments.folder
    _refuse_place(folder, config)
    lock = hold_folder(folder)
    try:
        manifest = asyncio.run(_make(config, folder))
    finally:
        lock.close()
    size = sum(file.size for file in manifest.files) + manifest.dump.size
    say(
        f"The backup in {folder} holds the database and {len(manifest.files)} files, "
        f"{size / 1e6:.1f} MB."
    )
    _say_keys(manifest, "It does not hold the key")
    if manifest.objects:
        say(f"It names {len(manifest.objects)} objects, which stay in {config.objects.bucket}.")
    for path in manifest.missing:
        say(f"MISSING  {config.recordings_path / path}")
    return 1 if manifest.missing else 0


def restore(arguments: argparse.Namespace) -> int:
    """Into an empty data folder and database only."""
    config = load(arguments.config, files_must_exist=False)
    manifest = backup.read(arguments.folder)
    kind = dump.kind(config.database_url)
    if manifest.database != kind:
        raise CommandError(
            f"the backup is of {manifest.database}, but storage.database_url names {kind}"
        )
    lock = hold_folder(config.storage.data_path)
    try:
        signed_by = asyncio.run(_restore(config, arguments.folder, manifest))
    finally:
        lock.close()
    say(f"Restored the database and {len(manifest.files)} files of {manifest.made_at}.")
    if manifest.objects:
        say(f"{len(manifest.objects)} parts are in a bucket still: it has to be in [objects].")
    _say_keys(manifest, "To read what is encrypted, the server needs the key")
    _say_which_keys_lack(config, manifest)
    if signed_by:
        _name_log_anew(config, signed_by)
    return 0


def _name_log_anew(config: Config, signed_by: str) -> None:
    """What came after the backup may be signed already: the two must not look like one log."""
    path = config.audit_key_file
    try:
        fits = str(audit_key.load(path).verifier) == signed_by
    except KeyFileError:
        fits = False
    if fits:
        asyncio.run(auditkey.rotated(config))
        return
    say("The audit log goes on under a name of its own. Before the server signs it,")
    say(f"put the key of {signed_by.partition('+')[0]} back as {path} and run `carelay audit")
    say("rotate-key`; if that key is lost, `carelay keys create --if-missing` makes one.")


def _refuse_place(folder: Path, config: Config) -> None:
    for kept in (config.storage.data_path, config.recordings_path):
        if folder.resolve().is_relative_to(kept.resolve()):
            raise CommandError(
                f"{folder} is inside {kept}: what is lost with the disk is no backup"
            )


async def _make(config: Config, folder: Path) -> Manifest:
    if not await schema_is_current(config.database_url):
        raise CommandError("the database is of an older version, or empty: start the server once")
    now = datetime.now(UTC)
    known = _known(folder)
    dumped = await asyncio.to_thread(backup.dump_database, config.database_url, folder, now)
    database = await Database.open(config.database_url)
    try:
        contents = await _contents(database)
        source = config.recordings_path
        here = [Part(row.path, row.state not in UNFINISHED) for row in contents.in_folder]
        here += [Part(path, settled=True) for path in contents.files]
        copied, missing = await asyncio.to_thread(
            backup.copy_parts, source, folder, here, known, now
        )
        uploaded = await _uploaded_since(database, missing)
        manifest = Manifest(
            made_at=now.isoformat(timespec="seconds"),
            database=dump.kind(config.database_url),
            dump=dumped,
            place_id=await asyncio.to_thread(marker_id, source) or contents.place_id,
            key_ids=list(contents.key_ids),
            files=copied,
            missing=[path for path in missing if path not in uploaded],
            objects=[*contents.objects, *uploaded],
            bucket=contents.bucket,
        )
        await asyncio.to_thread(backup.write, folder, manifest, contents.erased)
        async with database.transaction() as tx:
            detail: Detail = {
                "files": len(copied),
                "missing": len(manifest.missing),
                "account": account(),
            }
            await audit.append(tx, entry("backup.made", now, None, detail=detail))
    finally:
        await database.close()
    return manifest


def _known(folder: Path) -> dict[str, backup.StoredFile]:
    try:
        return {file.path: file for file in backup.read(folder).files}
    except BackupFailed:
        return {}


@dataclass(frozen=True)
class _Contents:
    """What the database says of recordings and files."""

    in_folder: Sequence[RecordingPart]
    """In one, which need not be this server's."""
    files: Sequence[str]
    """Paths of files of chats in that folder."""
    objects: Sequence[str]
    """Paths of what is in the bucket."""
    erased: Sequence[str]
    """Paths of what was erased."""
    key_ids: Sequence[str]
    place_id: str | None
    bucket: str | None
    """What the markers of folder and bucket hold."""


async def _contents(database: Database) -> _Contents:
    async with database.reading() as tx:
        stored = await recordings.all_files(tx)
        sent = await files.stored(tx)
        kept = [(one.kept, files.path(one.id)) for one, key in sent if key.erased_at is None]
        return _Contents(
            [row for row in stored if row.kept != "bucket"],
            [path for where, path in kept if where == "folder"],
            [
                *(row.path for row in stored if row.kept == "bucket"),
                *(path for where, path in kept if where == "bucket"),
            ],
            [
                *await erasures.all_paths(tx),
                *(files.path(one.id) for one, key in sent if key.erased_at is not None),
            ],
            await recordings.key_ids(tx),
            await properties.value(tx, RECORDINGS_PLACE),
            await properties.value(tx, RECORDINGS_BUCKET),
        )


async def _uploaded_since(database: Database, missing: Sequence[str]) -> set[str]:
    """Files that were here when the database was dumped, and are in the bucket by now."""
    if not missing:
        return set()
    async with database.reading() as tx:
        stored = await recordings.all_files(tx)
    return {row.path for row in stored if row.kept == "bucket"} & set(missing)


async def _restore(config: Config, folder: Path, manifest: Manifest) -> str | None:
    """The public key that the audit log was signed with."""
    lock = hold_database(config.database_url)
    try:
        if not await database_is_empty(config.database_url):
            raise CommandError("the database is not empty: nothing is ever overwritten")
        await asyncio.to_thread(backup.verify, folder, manifest)
        await asyncio.to_thread(backup.restore_parts, folder, manifest, config.recordings_path)
        await asyncio.to_thread(dump.load, config.database_url, folder / manifest.dump.path)
        return await _settle(config, manifest)
    finally:
        if lock is not None:
            lock.close()


async def _settle(config: Config, manifest: Manifest) -> str | None:
    """The servers of the backup have leases that may still last, and are not here to renew them;
    what was erased since it was made is erased again, its files included.
    """
    database = await Database.open(config.database_url)
    try:
        async with database.transaction() as tx:
            await nodes.forget_all(tx)
            detail = {"made_at": manifest.made_at, "account": account()}
            await audit.append(tx, entry("backup.restored", datetime.now(UTC), None, detail=detail))
            signed_by = await properties.value(tx, properties.AUDIT_KEY)
            if signed_by:
                await properties.put(tx, properties.AUDIT_RESTORED, manifest.made_at)
        clock = SystemClock()
        bucket = bucket_of(config.objects)
        archive = Archive(database, None, config.recordings_path, clock, bucket=bucket)
        eraser = Eraser(archive, Tombstones(config.tombstones_path, Tombstone), clock)
        await eraser.apply_tombstones()
        noted = Tombstones(config.clinical_tombstones_path, ClinicalTombstone)
        await Records(database, None, ring_of(config), noted, clock).apply_tombstones()
        await eraser.try_to_finish()
        archive.place.release()
        return signed_by
    finally:
        await database.close()


def _say_keys(manifest: Manifest, words: str) -> None:
    for key_id in manifest.key_ids:
        say(f"{words} {key_id}.")


def _say_which_keys_lack(config: Config, manifest: Manifest) -> None:
    """Of key files: what a service keeps, or somebody else, is not put back as a file."""
    paths = config.recording.key_file, config.clinical_key_file
    held = set[str]()
    for path in paths:
        with suppress(KeyFileError):
            held |= KeyFolder.load(path).key_ids
    for key_id in manifest.key_ids:
        if is_of_file(key_id) and key_id not in held:
            say(
                f"Neither {paths[0]} nor {paths[1]} (of chat and notes, where recordings are "
                f"sealed) holds {key_id}: put that key file back before you start the server."
            )
