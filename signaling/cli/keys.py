"""`carelay keys create`: the key that unlocks all recordings, and the one that signs the audit
log.
"""

import argparse
import asyncio
from pathlib import Path

from signaling.config import Config
from signaling.config.file import load
from signaling.kernel.terminal import CommandError, say
from signaling.recordings.keys import key_id_in_use
from storage import properties
from storage.audit import key
from storage.database import Database
from storage.vault.keys import KeyFile

SQLITE = "sqlite+aiosqlite:///"


def create(arguments: argparse.Namespace) -> int:
    """Make the key files; with --if-missing an intact one is left as it is."""
    config = load(arguments.config, files_must_exist=False)
    if arguments.if_missing:
        make_if_missing(config)
    else:
        _make(config)
    make_audit_key_if_missing(config)
    return 0


def make_if_missing(config: Config) -> None:
    """Make the key file, or leave an intact one as it is. Raises CommandError or StorageError."""
    if config.recording.key_file.exists():
        KeyFile.load(config.recording.key_file)
    else:
        _make(config)


def make_audit_key_if_missing(config: Config) -> None:
    """Make the one that signs the audit log, or leave an intact one as it is.

    Raises CommandError or StorageError.
    """
    path = config.audit_key_file
    if path.exists():
        key.load(path)
        return
    if not _is_new_database(config.database_url):
        asyncio.run(_refuse_if_signed(config))
    signer = key.create(path)
    say(f"Made the key of the audit log {signer.name} in {path.absolute()}.")
    say(f"Give {key.public_file(path).absolute()} to whoever is to check the log.")


async def _refuse_if_signed(config: Config) -> None:
    """A new key would sign another log than the one that auditors know."""
    database = await Database.open(config.database_url)
    try:
        async with database.reading() as tx:
            settled = await properties.value(tx, properties.AUDIT_KEY)
    finally:
        await database.close()
    if settled is not None:
        raise CommandError(
            f"the audit log is signed with the key of {settled.partition('+')[0]}; put that key "
            f"file back as {config.audit_key_file} instead of making a new one"
        )


def _make(config: Config) -> None:
    if not _is_new_database(config.database_url):
        asyncio.run(_refuse_if_recordings_exist(config))
    made = KeyFile.create(config.recording.key_file)
    say(f"Made the recording key {made.key_id} in {config.recording.key_file.absolute()}.")
    say("Keep a copy of this file somewhere safe: without it no recording can be played.")


def _is_new_database(url: str) -> bool:
    return url.startswith(SQLITE) and not Path(url.removeprefix(SQLITE)).exists()


async def _refuse_if_recordings_exist(config: Config) -> None:
    """A new key would be of no use to them, and would hide that the right one is lost."""
    database = await Database.open(config.database_url)
    try:
        needed = await key_id_in_use(database)
    finally:
        await database.close()
    if needed is not None:
        raise CommandError(
            f"there are recordings that need key {needed}; put that key file back "
            f"as {config.recording.key_file} instead of making a new one"
        )
