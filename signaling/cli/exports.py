"""`carelay recordings export` and `open`: an encrypted recording is taken away from the server, and
opened where its key is.
"""

import argparse
import asyncio
import getpass
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from relay.composition import Layout
from signaling.cli.secrets import secret
from signaling.config import Config
from signaling.config.file import load
from signaling.kernel.auditing import entry
from signaling.kernel.identifiers import is_identifier
from signaling.kernel.terminal import CommandError, complain, say
from signaling.recordings.bucket import keeping_of
from signaling.recordings.keys import open_keys
from signaling.recordings.opening import Opened, open_export, write_film
from storage import audit, exports, recordings
from storage.database import Database, schema_is_current
from storage.errors import KeyFileError
from storage.exports import Export
from storage.models import RecordingPart
from storage.vault.keys import DataKey
from storage.vault.keys.file import KeyFile
from storage.vault.keys.sealed import is_sealed, load_private
from storage.vault.keys.service import is_of_file


def export(arguments: argparse.Namespace) -> int:
    """Encrypted, as it is stored; 1 if a file is not there. Written to the audit log first."""
    config = load(arguments.config, files_must_exist=False)
    folder: Path = arguments.folder
    _require_empty(folder)
    made, rows = asyncio.run(_describe(config, arguments.recording, arguments.reason))
    missing = exports.write(made, rows, keeping_of(config), folder)
    for part_id, problem in missing.items():
        complain(f"part {part_id}: {problem}")
    say(f"Exported {len(made.parts) - len(missing)} parts to {folder}, encrypted.")
    say(f"Whoever has key {made.key_id} opens them there with `carelay recordings open`.")
    return 1 if missing else 0


def open_exported(arguments: argparse.Namespace) -> int:
    """Plain files, for whoever has the key; 1 if anything is missing or was changed."""
    made = exports.read(arguments.export)
    data_key = _data_key(made, arguments.key, arguments.config)
    opened = open_export(made, arguments.export, data_key, arguments.output)
    say(f"The key of this recording has the digest {opened.key_digest}.")
    for piece in opened.pieces:
        torn = " (cut off by a crash: what is authentic of it)" if piece.file in opened.torn else ""
        say(f"{piece.file}: of {piece.participant_id}{torn}")
    for problem in opened.problems:
        complain(problem)
    if arguments.film and opened.pieces:
        _make_film(opened, arguments.output / f"{made.recording_id[:8]}.mp4", arguments.film)
    return 1 if opened.problems else 0


def _make_film(opened: Opened, path: Path, layout: Layout) -> None:
    tenths = [0]

    def told(share: float) -> None:
        while share * 10 >= tenths[0] + 1:
            tenths[0] += 1
            say(f"{path}: {tenths[0] * 10} %")

    try:
        write_film(opened, path, layout, told)
    except FileExistsError:
        raise CommandError(f"{path} is there already, and was left as it is") from None


def _require_empty(folder: Path) -> None:
    """So that nothing is told to the audit log that could not be done. What an export that was
    interrupted has left is somebody's to look at.
    """
    try:
        there = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise CommandError(f"{folder} is no folder") from None
    if there:
        what = "an export" if exports.MANIFEST in there else "something, perhaps half an export,"
        raise CommandError(f"there is {what} in {folder}; nothing is ever overwritten")


async def _describe(
    config: Config, recording_id: str, reason: str
) -> tuple[Export, Sequence[RecordingPart]]:
    if not await schema_is_current(config.database_url):
        raise CommandError("the database is empty, or of another version of carelay")
    now = datetime.now(UTC)
    database = await Database.open(config.database_url)
    try:
        async with database.reading() as tx:
            found = await recordings.by_id(tx, recording_id)
            parts = await recordings.parts(tx, recording_id)
            log = await audit.for_recording(tx, recording_id)
        if found is None:
            raise CommandError(f"there is no recording {recording_id}")
        begun = [one.event.detail for one in log if one.event.action == "recording.started"]
        digest = begun[0].get("data_key_sha256") if begun else None
        made = exports.describe(
            found.recording, parts, None if digest is None else str(digest), now
        )
        async with database.transaction() as tx:
            of = {"session_id": made.session_id, "recording_id": recording_id}
            detail: audit.Detail = {"reason": reason, "system_user": getpass.getuser()}
            await audit.append(tx, entry("recording.exported", now, None, **of, detail=detail))
    finally:
        await database.close()
    return made, [named.part for named in parts]


def _data_key(made: Export, key: Path | None, config: Path | None) -> DataKey:
    """With any kind of key. Raises KeyFileError, WrongKey, KeyServiceAway."""
    if not (is_of_file(made.key_id) or is_sealed(made.key_id)):
        keys = open_keys(load(config, files_must_exist=False).recording)
        if keys is None:
            raise KeyFileError(f"Key {made.key_id} is needed, and none is configured.")
        return asyncio.run(keys.unwrap(made.wrapped_key, made.recording_id, made.key_id))
    if key is None:
        raise CommandError(f"the recording needs key {made.key_id}: name its file with --key")
    if not is_sealed(made.key_id):
        return KeyFile.load(key).unwrap(made.wrapped_key, made.recording_id)
    if not key.exists():
        raise KeyFileError(f"The private key {key} cannot be read: No such file or directory.")
    private = load_private(key, secret(f"Passphrase of {key}"))
    return private.unwrap(made.wrapped_key, made.recording_id)


def recording_id(text: str) -> str:
    """For argparse."""
    if not is_identifier(text):
        raise argparse.ArgumentTypeError("is no id of a recording")
    return text


def reason(text: str) -> str:
    """For argparse."""
    if not text.strip():
        raise argparse.ArgumentTypeError("say why")
    return text.strip()
