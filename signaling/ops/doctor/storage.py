"""The doctor looks at the database, the key file and the disk."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from signaling.config import Config
from signaling.ops.doctor.audit import look_at_audit_log
from signaling.ops.doctor.erasure import look_at_erased
from signaling.ops.doctor.finding import Finding, note, ok, problem
from signaling.recordings.keys import current_keys, open_keys, refuse_wrong_key
from storage import nodes, recording_keys, users
from storage.database import Database, schema_is_current
from storage.errors import KeyFileError, KeyFileIsOpen, StorageError, WrongKey
from storage.vault.keys.chain import KeyChain
from storage.vault.keys.file import KeyFile
from storage.vault.keys.folder import KeyFolder
from storage.vault.keys.sealed import PublicKey, private_file
from storage.vault.keys.service import ServiceKeys
from storage.words import LOCAL_ISSUER

DATABASE_SECONDS = 10.0
GIGABYTE = 1_000_000_000
# Two cameras at 2.5 Mbit/s for an hour are 2.3 GB: below this not even the call that runs now is
# safe.
LOW_SPACE = 20 * GIGABYTE
NO_SPACE = 3 * GIGABYTE


async def look_at_database(config: Config) -> list[Finding]:
    """Reachable and of this version? And does the key fit what is in it?"""
    advice = "check storage.database_url, and that PostgreSQL runs and lets this user in"
    try:
        async with asyncio.timeout(DATABASE_SECONDS):
            if not await schema_is_current(config.database_url):
                old = "database: empty or of an older version"
                return [note(old, "`carelay serve` brings it up to date")]
            database = await Database.open(config.database_url)
            try:
                found = [
                    *await _look_at_key_in_use(config, database),
                    *await _look_at_nodes(database),
                    *await _look_at_issuers(config, database),
                    *await look_at_audit_log(config, database),
                    *await look_at_erased(config, database),
                ]
            finally:
                await database.close()
            return [ok("database: reachable and up to date"), *found]
    except TimeoutError:
        return [problem(f"database: no answer within {DATABASE_SECONDS:.0f} s", advice)]
    except StorageError as error:
        return [problem(f"database: {error}", advice)]


async def _look_at_key_in_use(config: Config, database: Database) -> list[Finding]:
    if not config.recording.enabled:
        return []
    try:
        keys = await asyncio.to_thread(open_keys, config.recording)
    except KeyFileError:
        return []  # look_at_key says it
    if keys is None or config.recording.keys == "sealed":
        return []  # what it cannot open, it need not
    try:
        await refuse_wrong_key(database, keys)
    except WrongKey as error:
        return [problem(f"key file: {error}", "without the right key no recording can be played")]
    folder = keys.current if isinstance(keys, KeyChain) else keys
    return await _look_at_rotation(database, folder) if isinstance(folder, KeyFolder) else []


async def _look_at_rotation(database: Database, keys: KeyFolder) -> list[Finding]:
    """Is one to be finished, and does a key lie about that nothing here needs any more?"""
    async with database.reading() as tx:
        rotation = await recording_keys.unfinished(tx)
        current = await recording_keys.current(tx) or keys.key_id
        left = await recording_keys.count_by_others(tx, current)
    if rotation is not None:
        text = (
            f"key file: the rotation from key {rotation.old} to {rotation.new} is not finished, "
            f"recordings that still need another key: {left}"
        )
        return [note(text, "unless it is at work now, run `carelay keys rotate` again")]
    if left:
        text = f"key file: recordings that need another key than {current}: {left}"
        return [
            note(text, "`carelay keys rotate` rewraps those whose key lies beside the key file")
        ]
    return [
        note(
            f"key file: {path.name} lies beside it, and no recording here needs it",
            "keep it elsewhere for as long as there are backups from before its rotation",
        )
        for path in keys.retired_paths()
    ]


async def _look_at_issuers(config: Config, database: Database) -> list[Finding]:
    """Whether the host platform's people are still those that were there before."""
    if not config.jwt.enabled:
        return []
    async with database.reading() as tx:
        counts = await users.issuers(tx)
    advice = (
        "run `carelay users issuer BEFORE AFTER` if that is an earlier name of the same platform, "
        "and only then"
    )
    return [
        note(
            f"users: {count} came with tokens of {issuer}, which jwt.issuer is not (any more)",
            advice,
        )
        for issuer, count in counts.items()
        if issuer not in {LOCAL_ISSUER, config.jwt.issuer}
    ]


async def _look_at_nodes(database: Database) -> list[Finding]:
    """Which servers carry calls on a database that several may have."""
    async with database.reading() as tx:
        standing = await nodes.standing(tx)
    return [
        _node(found.node.name, found.seconds_left)
        for found in standing
        if found.seconds_left is not None
    ]


def _node(name: str, seconds_left: float) -> Finding:
    if seconds_left > 0:
        return ok(f"server: {name} runs; its lease lasts for {seconds_left:.0f} s")
    advice = (
        "others take over what it carried, if it did not stop by itself; start it again if it is "
        "missed"
    )
    return note(f"server: {name} does not run; its lease ended {-seconds_left:.0f} s ago", advice)


def look_at_key(config: Config) -> Finding:
    """Whatever wraps the keys of recordings."""
    recording = config.recording
    if not recording.enabled:
        return ok("recording: switched off (recording.enabled)")
    match recording.keys:
        case "file":
            return _look_at_key_file(recording.key_file)
        case "sealed":
            return _look_at_public_key(recording.public_key_file)
        case _:
            return _look_at_key_service(config)


def _look_at_key_file(path: Path) -> Finding:
    """There, private, ours, intact?"""
    try:
        key = KeyFile.load(path)
    except KeyFileIsOpen:
        text = (
            f"key file: other users of this machine can read {path} (mode "
            f"{path.stat().st_mode & 0o777:o})"
        )
        return problem(
            text,
            f"run: chmod 600 {path}; if somebody else may have read it, it is no secret any more",
        )
    except KeyFileError as error:
        advice = (
            "`carelay keys create` makes one"
            if not path.exists()
            else "put the right file back from your copy"
        )
        return problem(f"key file: {error}", advice)
    if path.stat().st_uid != os.geteuid():
        return note(f"key file: {path} belongs to another user", f"run: chown $(id -un) {path}")
    return ok(f"key file: {path} holds key {key.key_id}; keep a copy of it elsewhere")


def _look_at_key_service(config: Config) -> Finding:
    """Does what keeps the key wrap and open?"""
    try:
        keys = current_keys(config.recording)
        if isinstance(keys, ServiceKeys):
            asyncio.run(keys.probe())
    except StorageError as error:
        return problem(f"recording key: {error}", "without it nothing is recorded or played")
    return ok(f"recording key: {config.recording.keys} wraps and opens by key {keys.key_id}")


def _look_at_public_key(path: Path) -> Finding:
    """The right kind of file, and alone?"""
    try:
        key = PublicKey.load(path)
    except KeyFileError as error:
        return problem(
            f"public key: {error}", "`carelay keys create-sealed` makes one, on another machine"
        )
    if (private := private_file(path)).exists():
        text = f"public key: the private key lies beside it, in {private}"
        return problem(text, "take it to whoever may open recordings, and off this machine")
    return ok(f"public key: {path} seals as {key.key_id}; this server cannot open what it records")


def look_at_modes(config: Config) -> Iterator[Finding]:
    """Other files that only the server may read.

    The server itself mends the mode of its database.
    """
    secrets = {
        "server.tls_key_file": config.server.tls_key_file,
        "jwt.secret_file": config.jwt.secret_file,
    }
    for key, path in secrets.items():
        if path is not None and path.is_file() and path.stat().st_mode & 0o007:
            yield note(
                f"{key}: every user of this machine can read {path}", f"run: chmod o-rwx {path}"
            )


def look_at_folders(config: Config) -> Iterator[Finding]:
    """Writable, private, and room on the disk?"""
    for name, folder in (
        ("data folder", config.storage.data_path),
        ("recordings", config.recordings_path),
    ):
        there = _nearest(folder)
        if not os.access(there, os.W_OK | os.X_OK):
            yield problem(
                f"{name}: {there.absolute()} is not writable", f"give it to the user {os.geteuid()}"
            )
        elif folder.exists() and folder.stat().st_mode & 0o007:
            yield note(
                f"{name}: {folder} is open to every user of this machine",
                f"run: chmod o-rwx {folder}",
            )
        else:
            yield ok(f"{name}: {folder}")
    yield _look_at_space(_nearest(config.recordings_path))


def _look_at_space(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    text = f"disk: {free / GIGABYTE:.1f} GB free for recordings"
    advice = (
        "an hour of a recorded call takes up to 2.3 GB: make room, or set recording.path to a "
        "larger disk"
    )
    if free < NO_SPACE:
        return problem(text, advice)
    return note(text, advice) if free < LOW_SPACE else ok(text)


def _nearest(folder: Path) -> Path:
    """The folder, or where it will be made."""
    return folder if folder.exists() else _nearest(folder.absolute().parent)
