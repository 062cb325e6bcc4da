"""`carelay keys`: makes the keys that unlock recordings and clinical records, and the one that
signs the audit log; exchanges the former.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from signaling.cli import auditkey
from signaling.cli.secrets import new_secret
from signaling.clinical.records.keys import (
    keys_beside,
    open_clinical_keys,
    open_keys_beside,
    ring_of,
    wrapping_key_file,
)
from signaling.config import Config, Recording
from signaling.config.file import load
from signaling.kernel.terminal import CommandError, complain, say
from signaling.push import vapid
from signaling.recordings.keys import hsm_key, key_id_in_use, open_keys
from signaling.recordings.rotation import Rotated, rotate_all, rotate_to_service
from storage.audit import key
from storage.clinical import clinical_keys
from storage.cluster import nodes
from storage.cluster.instance import NODES
from storage.database import Database, schema_is_current
from storage.recordings import recording_keys
from storage.recordings.recording_keys import CLINICAL, RECORDINGS, Ring
from storage.rows import properties
from storage.vault.files import held_alone
from storage.vault.keys.file import KeyFile
from storage.vault.keys.folder import KeyFolder
from storage.vault.keys.sealed import (
    PUBLIC_FILE,
    PrivateKey,
    create_private,
    create_public,
    is_sealed,
    private_file,
)
from storage.vault.keys.service import is_of_file

T = TypeVar("T")

PASSPHRASE_LENGTHS = 12, 1024
SQLITE = "sqlite+aiosqlite:///"


def create(arguments: argparse.Namespace) -> int:
    """Make the key files; with --if-missing an intact one is left as it is."""
    config = load(arguments.config, files_must_exist=False)
    if config.recording.keys == "sealed":
        say("Recordings are sealed: `carelay keys create-sealed` makes that key elsewhere.")
        if arguments.if_missing:
            make_clinical_if_missing(config)
        else:
            _make_clinical(config)
    elif config.recording.keys == "kms":
        say(f"Recordings need key {config.recording.kms_key}: it is made in KMS itself.")
    elif config.recording.keys == "pkcs11":
        _make_in_module(config.recording)
    elif arguments.if_missing:
        make_if_missing(config)
    else:
        _make(config)
    make_audit_key_if_missing(config)
    make_push_key_if_missing(config)
    return 0


def rotate(arguments: argparse.Namespace) -> int:
    """A new key wraps those of all recordings and clinical records, where recordings are sealed
    those of the latter alone; beside a running server or not.

    1 if there are some that no key here opens: they are named, and stay as they were.
    """
    config = load(arguments.config, files_must_exist=False)
    if config.recording.keys == "sealed":
        say(
            "Recordings are sealed: what the server cannot open, it cannot wrap anew; a new "
            "recording.public_key_file takes effect at the next start."
        )
    elif config.recording.keys != "file":
        return _rotate_to_service(config, prepare=arguments.prepare)
    folder = KeyFolder.load(wrapping_key_file(config))
    with held_alone(folder.path.parent):
        if arguments.prepare:
            return _prepare(folder)
        rotated = asyncio.run(_rotate(config, folder))
    if rotated is None:
        say(f"{folder.path} holds key {folder.key_id} now, as the database says.")
        return 0
    say(
        f"{folder.path} holds key {rotated.new} now. {_rewrapped(rotated)}. Keep a copy of it "
        "somewhere safe."
    )
    retired = folder.retired_path(rotated.old)
    where = f", in {retired}," if retired.exists() else ""
    return _conclude(rotated, where)


def _rewrapped(rotated: Rotated) -> str:
    return (
        f"Rewrapped with it: {rotated.recordings} recordings, {rotated.clinical} records of chat "
        "and notes"
    )


def _conclude(rotated: Rotated, where: str) -> int:
    for line in rotated.closed:
        complain(line)
    say(
        f"Key {rotated.old}{where} opens none of them any more, but backups from before: keep it "
        "with those, away from this server, and destroy it with the last of them."
    )
    return 1 if rotated.closed else 0


def _rotate_to_service(config: Config, *, prepare: bool) -> int:
    """KMS and security modules renew their keys themselves; what was wrapped elsewhere comes in."""
    if prepare:
        raise CommandError("--prepare makes the next key file, and recording.keys names another")
    if (keys := open_clinical_keys(config, open_keys(config.recording))) is None:
        raise CommandError("nothing is recorded (recording.enabled)")

    async def carry_out(database: Database) -> Rotated:
        return await rotate_to_service(database, keys, lambda: datetime.now(UTC))

    rotated = asyncio.run(_with_database(config, carry_out))
    say(f"Key {rotated.new} wraps all that it can open. {_rewrapped(rotated)}.")
    if rotated.old == rotated.new:
        return 1 if rotated.closed else 0
    return _conclude(rotated, "")


async def _with_database(config: Config, work: Callable[[Database], Awaitable[T]]) -> T:
    if not await schema_is_current(config.database_url):
        raise CommandError("the database is of an older version, or empty: start the server once")
    database = await Database.open(config.database_url)
    try:
        return await work(database)
    finally:
        await database.close()


def _make_in_module(recording: Recording) -> None:
    """Raises KeyServiceAway, KeyFileError."""
    key = hsm_key(recording)
    made = "Made" if key.create() else "There is"
    say(f"{made} the key {recording.pkcs11_key} in token {recording.pkcs11_token}: {key.key_id}.")
    say("Keep a copy of the token as its maker provides: without it no recording can be played.")


def _prepare(keys: KeyFolder) -> int:
    made = keys.next_key() or keys.make_next()
    say(f"Made the next key {made.key_id} in {keys.new_path}.")
    say(
        "Copy that file beside the key file of every other server. Then run `carelay keys rotate` "
        "here, and after that on each of them."
    )
    return 0


async def _rotate(config: Config, folder: KeyFolder) -> Rotated | None:
    """None where another server's command has rewrapped everything with the key that is next
    here.
    """

    ring = ring_of(config)

    async def carry_out(database: Database) -> Rotated | None:
        async with database.reading() as tx:
            unfinished = await recording_keys.unfinished(tx, ring)
            current = await recording_keys.current(tx, ring)
            standing = await nodes.standing(tx)
        following = folder.next_key()
        if unfinished is None and following and following.key_id == current:
            folder.advance()
            return None
        if unfinished is None and following is None:
            _refuse_beside_others(config, standing)
        others = open_keys_beside(config, folder)
        return await rotate_all(database, folder, lambda: datetime.now(UTC), others, ring=ring)

    return await _with_database(config, carry_out)


def _refuse_beside_others(config: Config, standing: Sequence[nodes.NodeStanding]) -> None:
    """Servers with another folder would have to wait for the new key, and could not record."""
    ours = config.storage.data_path / NODES
    others = [
        one.node.name
        for one in standing
        if (one.seconds_left or 0) > 0 and not (ours / one.node.id).exists()
    ]
    if others:
        raise CommandError(
            f"other servers use this database: {', '.join(others)}; run `carelay keys rotate "
            "--prepare` first, which says what to copy to them"
        )


def create_sealed(arguments: argparse.Namespace) -> int:
    """A key pair for whoever may open recordings, on their machine: no configuration is read."""
    public = arguments.folder / PUBLIC_FILE
    private = private_file(public)
    for path in (public, private):
        if path.exists():
            raise CommandError(f"{path} exists; it is never overwritten")
    passphrase = new_secret("Passphrase of the new key", *PASSPHRASE_LENGTHS, "passphrase")
    made = PrivateKey.new()
    create_private(private, made, passphrase)
    create_public(public, made.public)
    say(f"Made the private key {made.public.key_id} in {private}: it opens what is sealed to it.")
    say(f"The digest of its public half is {made.public.digest}: compare it with `key.noted` in")
    say("the audit log of the server.")
    say("Keep a copy of it somewhere safe, and the passphrase: without both it opens nothing.")
    say(f"Put {public} on the server (recording.public_key_file), and never the private key.")
    return 0


def make_if_missing(config: Config) -> None:
    """Make the key file, or leave an intact one as it is. Raises CommandError or StorageError."""
    if config.recording.key_file.exists():
        KeyFile.load(config.recording.key_file)
    else:
        _make(config)


def make_clinical_if_missing(config: Config) -> None:
    """The one of chat and notes, for a server that seals recordings. Raises CommandError or
    StorageError.
    """
    if config.clinical_key_file.exists():
        KeyFile.load(config.clinical_key_file)
    else:
        _make_clinical(config)


def _make_clinical(config: Config) -> None:
    path = config.clinical_key_file
    is_new = _is_new_database(config.database_url)
    if not is_new:
        asyncio.run(_refuse_if_in_use(config, path, _clinical_keys_in_use))
    made = KeyFile.create(path)
    if not is_new:
        asyncio.run(_forget_earlier_key(config, CLINICAL))
    say(f"Made the key of chat and notes {made.key_id} in {path.absolute()}.")
    say("Keep a copy of this file somewhere safe: without it none of them can be read.")


def make_audit_key_if_missing(config: Config) -> None:
    """Make the one that signs the audit log, or leave an intact one as it is.

    Raises CommandError or StorageError.
    """
    path = config.audit_key_file
    if path.exists():
        key.load(path)
        return
    is_new = _is_new_database(config.database_url)
    if not is_new:
        asyncio.run(_refuse_if_signed(config))
    signer = key.create(path)
    if not is_new:
        asyncio.run(auditkey.settle_after_loss(config, signer))
    say(f"Made the key of the audit log {signer.name} in {path.absolute()}.")
    say(f"Give {key.public_file(path).absolute()} to whoever is to check the log.")


def make_push_key_if_missing(config: Config) -> None:
    """Make the one that push services know, where something is pushed, or leave it as it is.

    Raises StorageError.
    """
    if config.push.contact and not config.push_key_file.exists():
        vapid.create(config.push_key_file)
        say(f"Made the key for push services in {config.push_key_file.absolute()}.")


async def _refuse_if_signed(config: Config) -> None:
    """A new key would sign another log than the one that auditors know."""
    database = await Database.open(config.database_url)
    try:
        async with database.reading() as tx:
            settled = await properties.value(tx, properties.AUDIT_KEY)
            restored = await properties.value(tx, properties.AUDIT_RESTORED)
    finally:
        await database.close()
    if settled is not None and not restored:
        raise CommandError(
            f"the audit log is signed with the key of {settled.partition('+')[0]}; put that key "
            f"file back as {config.audit_key_file} instead of making a new one"
        )


def _make(config: Config) -> None:
    is_new = _is_new_database(config.database_url)
    if not is_new:
        asyncio.run(_refuse_if_in_use(config, config.recording.key_file, _keys_in_use))
    made = KeyFile.create(config.recording.key_file)
    if not is_new:
        asyncio.run(_forget_earlier_key(config, RECORDINGS))
    say(f"Made the recording key {made.key_id} in {config.recording.key_file.absolute()}.")
    say("Keep a copy of this file somewhere safe: without it no recording can be played.")


def _is_new_database(url: str) -> bool:
    return url.startswith(SQLITE) and not Path(url.removeprefix(SQLITE)).exists()


async def _refuse_if_in_use(
    config: Config, path: Path, in_use: Callable[[Database], Awaitable[Sequence[str | None]]]
) -> None:
    """A new key would be of no use to what is there, and would hide that the right one is lost,
    unless what else is configured opens it.
    """
    database = await Database.open(config.database_url)
    try:
        needed = await in_use(database)
    finally:
        await database.close()
    beside = keys_beside(config)
    for key_id in needed:
        if key_id is None or is_sealed(key_id):
            continue
        if not any([await keys.holds(key_id) for keys in beside]):
            raise CommandError(
                f"there are recordings or clinical records that need key {key_id}; put that key "
                f"file back as {path} instead of making a new one"
            )


async def _keys_in_use(database: Database) -> Sequence[str | None]:
    return await key_id_in_use(database), *await _clinical_keys_in_use(database)


async def _clinical_keys_in_use(database: Database) -> Sequence[str | None]:
    async with database.reading() as tx:
        return [await clinical_keys.newest_key_id(tx)]


async def _forget_earlier_key(config: Config, ring: Ring) -> None:
    """Nothing of before needs it."""
    database = await Database.open(config.database_url)
    try:
        async with database.transaction() as tx:
            if is_of_file(await recording_keys.current(tx, ring) or ""):
                await properties.remove(tx, ring.current)
    finally:
        await database.close()
