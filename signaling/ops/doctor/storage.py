"""The doctor looks at the database, the key file and the disk."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from signaling.clinical.records.keys import (
    open_clinical_keys,
    refuse_wrong_clinical_key,
    ring_of,
    wrapping_key_file,
)
from signaling.config import Config
from signaling.ops.doctor.approval import look_at_approvers
from signaling.ops.doctor.audit import look_at_audit_log
from signaling.ops.doctor.erasure import look_at_erased, look_at_erased_clinical
from signaling.ops.doctor.finding import Finding, note, ok, problem
from signaling.ops.doctor.letters import look_at_letters
from signaling.recordings.keys import current_keys, open_keys, refuse_wrong_key, sealing_key
from storage.clinical import clinical_keys
from storage.cluster import nodes
from storage.database import Database, schema_is_current
from storage.errors import KeyFileError, KeyFileIsOpen, StorageError, WrongKey
from storage.people import users
from storage.recordings import recording_keys
from storage.recordings.recording_keys import CLINICAL, RECORDINGS, Ring
from storage.vault.keys import KeyProvider
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
MEND = "put it back, or mend its mode: the server does not start like this"


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
                    *await _look_at_clinical_key_in_use(config, database),
                    *await _look_at_nodes(database),
                    *await _look_at_issuers(config, database),
                    *await look_at_audit_log(config, database),
                    *await look_at_erased(config, database),
                    *await look_at_erased_clinical(config, database),
                    *await look_at_approvers(config, database),
                    *await look_at_letters(config, database, datetime.now(UTC)),
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
    if keys is None:
        return []
    if (public := sealing_key(keys)) is not None:
        return await _look_at_sealing_key(database, public)
    try:
        await refuse_wrong_key(database, keys)
    except WrongKey as error:
        return [problem(f"key file: {error}", "without the right key no recording can be played")]
    folder = keys.current if isinstance(keys, KeyChain) else keys
    return await _look_at_rotation(database, folder) if isinstance(folder, KeyFolder) else []


async def _look_at_clinical_key_in_use(config: Config, database: Database) -> list[Finding]:
    """Would the server start with it, and can it open what is there?"""
    try:
        keys = await asyncio.to_thread(_clinical_keys, config)
    except KeyFileError:
        return []  # look_at_clinical_key says it
    ring, advice = ring_of(config), "without the right key, chat and notes cannot be read"
    if keys is None:
        async with database.reading() as tx:
            needed = await clinical_keys.newest_key_id(tx)
        text = f"clinical key: chat and notes in the database need key {needed}, and there is none"
        return [] if needed is None else [problem(text, advice)]
    try:
        await refuse_wrong_clinical_key(database, keys, ring)
        if ring is RECORDINGS and not config.recording.enabled:
            await refuse_wrong_key(database, keys)
    except WrongKey as error:
        return [problem(f"clinical key: {error}", advice)]
    if ring is RECORDINGS:
        return []  # its rotation is that of recordings
    folder = await asyncio.to_thread(KeyFolder.load, wrapping_key_file(config))
    return await _look_at_rotation(database, folder, ring, "clinical key")


async def _look_at_sealing_key(database: Database, public: PublicKey) -> list[Finding]:
    """What is sealed, the server cannot open and need not; but is the key still the same?"""
    async with database.reading() as tx:
        known = await recording_keys.sealing_digest(tx, public.key_id)
    if known in {None, public.digest}:
        return []
    text = f"public key: it is another one than before, made to have the id {public.key_id}, too"
    return [problem(text, "put the right file back, find out who did that; the server refuses it")]


async def _look_at_rotation(
    database: Database, keys: KeyFolder, ring: Ring = RECORDINGS, what: str = "key file"
) -> list[Finding]:
    """Is one to be finished, and does a key lie about that nothing here needs any more?"""
    async with database.reading() as tx:
        rotation = await recording_keys.unfinished(tx, ring)
        current = await recording_keys.current(tx, ring) or keys.key_id
        left = sum([await recording_keys.count_by_others(tx, one, current) for one in ring.owners])
    if rotation is not None:
        text = (
            f"{what}: the rotation from key {rotation.old} to {rotation.new} is not finished, "
            f"data keys that still need another one: {left}"
        )
        return [note(text, "unless it is at work now, run `carelay keys rotate` again")]
    if left:
        text = f"{what}: data keys that need another one than {current}: {left}"
        return [
            note(text, "`carelay keys rotate` rewraps those whose key lies beside the key file")
        ]
    return [
        note(
            f"{what}: {path.name} lies beside it, and nothing here needs it",
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
    """Whatever wraps the keys of recordings, and what opens those of before."""
    recording = config.recording
    if not recording.enabled:
        return ok("recording: switched off (recording.enabled)")
    found = _look_at_current_key(config)
    if found.level != "problem":
        try:
            open_keys(recording)
        except KeyFileError as error:
            return problem(f"key of earlier recordings: {error}", MEND)
    return found


def _look_at_current_key(config: Config) -> Finding:
    recording = config.recording
    match recording.keys:
        case "file":
            return _look_at_key_file(recording.key_file)
        case "sealed":
            return _look_at_public_key(recording.public_key_file)
        case _:
            return _look_at_key_service(config)


def look_at_clinical_key(config: Config) -> Finding:
    """Whatever wraps the keys of chat and notes."""
    own, recording = config.clinical_key_file, config.recording
    is_needed = ring_of(config) is CLINICAL and recording.enabled
    if own.exists() or is_needed:
        found = _look_at_key_file(own, "clinical key")
        if found.level != "ok" or ring_of(config) is CLINICAL:
            return found
    try:
        keys = _clinical_keys(config)
    except KeyFileError as error:
        if not recording.enabled:
            return problem(f"clinical key: {error}", MEND)
        keys = None  # look_at_key says it
    if keys is None:
        return note(
            "clinical key: without a key, neither chat nor notes are kept",
            "`carelay keys create` makes that of recordings, which is theirs as well",
        )
    return ok(f"clinical key: chat and notes are encrypted as recordings are, by {keys.key_id}")


def _clinical_keys(config: Config) -> KeyProvider | None:
    """As a server that starts opens them."""
    return open_clinical_keys(config, open_keys(config.recording))


def _look_at_key_file(path: Path, what: str = "key file") -> Finding:
    """There, private, ours, intact?"""
    try:
        key = KeyFile.load(path)
    except KeyFileIsOpen:
        text = (
            f"{what}: other users of this machine can read {path} (mode "
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
        return problem(f"{what}: {error}", advice)
    if path.stat().st_uid != os.geteuid():
        return note(f"{what}: {path} belongs to another user", f"run: chown $(id -un) {path}")
    return ok(f"{what}: {path} holds key {key.key_id}; keep a copy of it elsewhere")


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
