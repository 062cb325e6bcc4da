"""`carelay recordings export`, `check` and `open`: an encrypted recording is taken away from the
server, proved to be as it was there, and opened where its key is.
"""

import argparse
import asyncio
import getpass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from relay.composition import Layout
from signaling import shipped
from signaling.cli.database import opened
from signaling.cli.secrets import secret
from signaling.config import Config, witnesses
from signaling.config.file import load
from signaling.kernel.auditing import entry
from signaling.kernel.identifiers import is_identifier
from signaling.kernel.terminal import CommandError, complain, say
from signaling.recordings.bucket import keeping_of
from signaling.recordings.exporting.documents import Made
from signaling.recordings.exporting.gathering import Log, OnRecord, Wanted, about, look_up
from signaling.recordings.exporting.making import Making
from signaling.recordings.exporting.page import page
from signaling.recordings.keys import logged_digest, open_keys
from signaling.recordings.opening import Opened, open_export, whole, write_film
from signaling.recordings.unlocking import rule
from storage import audit, bundle
from storage.audit import key as audit_key
from storage.audit.cosignature import Cosigner
from storage.audit.note import Signer
from storage.audit.sequencer import Sequencer
from storage.bundle import manifest
from storage.bundle.check import check as check_bundle
from storage.database import Database, schema_is_current
from storage.errors import InvalidExport, KeyFileError
from storage.recordings import authenticity, exports, recording_unlocks
from storage.recordings.exports import Export
from storage.vault.keys import DataKey
from storage.vault.keys.file import KeyFile
from storage.vault.keys.sealed import is_sealed, load_private
from storage.vault.keys.service import is_of_file


def export(arguments: argparse.Namespace) -> int:
    """Encrypted, as it is stored; 1 if a file is not there. Written to the audit log first."""
    config = load(arguments.config, files_must_exist=False)
    file: Path = arguments.bundle
    if file.exists():
        raise CommandError(f"{file} is there; nothing is ever overwritten")
    signer, log = _log(config)
    now = datetime.now(UTC)
    found, rows = asyncio.run(_look_up(config, arguments, signer, log))
    made = Made(
        at=now,
        by_name=None,
        purpose=None,
        reason=arguments.reason,
        practice=config.practice.name,
        version=shipped.version(),
    )
    parts = [named.part for named in found.parts]
    told = about(
        found, authenticity.all_are("unknown", parts), Wanted("encrypted", "grid", made), log
    )
    making = Making(
        contents="encrypted",
        layout="grid",
        rows=rows,
        parts=parts,
        about=told,
        page=page(config.pages_path),
        keeping=keeping_of(config),
        data_key=None,
        scratch=file.absolute().parent,
        sign=lambda described: manifest.sign(described, signer),
    )
    with whole(file) as output:
        for piece in making.bundle():
            output.write(piece)
    for part_id, why in making.left_out.items():
        complain(f"part {part_id} is not in it: {why}")
    say(f"Exported {len(parts) - len(making.left_out)} parts to {file}, encrypted.")
    say(f"Whoever has key {rows.key_id} opens them there with `carelay recordings open`.")
    return 1 if making.left_out else 0


def check(arguments: argparse.Namespace) -> int:
    """Whether a bundle is as the server made it, by itself alone; 1 if anything was changed."""
    trusted = audit_key.load_public(arguments.public_key) if arguments.public_key else None
    cosigners = [Cosigner.parse(vkey) for vkey in arguments.witness or []]
    with bundle.opened(arguments.bundle) as files:
        found = check_bundle(files, trusted, cosigners)
        described, strange = files.manifest, files.strange()
    for name in strange:
        complain(f"{name!r} is not part of the export, and was not checked")
    for problem in found.problems:
        complain(problem)
    if found.problems:
        return 1
    say(
        f"{arguments.bundle} is as the server made it at {described.made_at}: recording "
        f"{described.recording_id}, {len(described.files)} files ({described.contents})."
    )
    if found.checkpoint is not None:
        say(
            f"{found.rows} rows of the audit log are proved by its checkpoint of "
            f"{found.checkpoint.size} rows."
        )
    say(f"Signed by {found.signer}")
    if trusted is None:
        say(f"Compare the first key of the log with one that you trust: {found.keys[0]}")
    return 0


def open_exported(arguments: argparse.Namespace) -> int:
    """Plain files, for whoever has the key; 1 if anything is missing or was changed."""
    with bundle.opened(arguments.bundle) as files:
        made = exports.read(files)
        for problem in (problems := check_bundle(files).problems):
            complain(problem)
        data_key = _data_key(made, arguments.key, arguments.config)
        found = open_export(made, files, data_key, arguments.output)
    say(f"The key of this recording has the digest {found.key_digest}.")
    for file, part in found.parts.items():
        torn = " (cut off by a crash: what is authentic of it)" if file in found.torn else ""
        say(f"{file}: of {part.participant_id}{torn}")
    for problem in found.problems:
        complain(problem)
    if arguments.film and found.parts:
        _make_film(found, arguments.output / f"{made.recording_id[:8]}.mp4", arguments.film)
    return 1 if found.problems or problems else 0


def _make_film(found: Opened, path: Path, layout: Layout) -> None:
    tenths = [0]

    def told(share: float) -> None:
        while share * 10 >= tenths[0] + 1:
            tenths[0] += 1
            say(f"{path}: {tenths[0] * 10} %")

    try:
        write_film(found, path, layout, told)
    except FileExistsError:
        raise CommandError(f"{path} is there already, and was left as it is") from None


def _log(config: Config) -> tuple[Signer, Log]:
    """Raises KeyFileError."""
    signer = audit_key.load(config.audit_key_file)
    cosigners = [one.cosigner for one in witnesses.all_of(config.audit.witnesses)]
    first = audit_key.load_public(audit_key.public_file(config.audit_key_file))
    return signer, Log(first, cosigners)


async def _look_up(
    config: Config, arguments: argparse.Namespace, signer: Signer, log: Log
) -> tuple[OnRecord, Export]:
    if not await schema_is_current(config.database_url):
        raise CommandError("the database is empty, or of another version of carelay")
    now, recording_id = datetime.now(UTC), arguments.recording
    async with opened(config) as database:
        async with database.reading() as tx:
            found = await look_up(tx, recording_id, log)
            digest = await logged_digest(tx, recording_id)
            by_whom = await approved(tx, config, arguments, now)
        if found is None:
            raise CommandError(f"there is no recording {recording_id}")
        if found.found.recording.state == "recording":
            raise InvalidExport(f"Recording {recording_id} is still being recorded.")
        described = exports.describe(found.found.recording, found.parts, digest, now)
        async with database.transaction() as tx:
            of = {"session_id": described.session_id, "recording_id": recording_id}
            by: audit.Detail = {"reason": arguments.reason, "system_user": getpass.getuser()}
            detail = {"contents": "encrypted", **by, **by_whom}
            await audit.append(tx, entry("recording.exported", now, None, **of, detail=detail))
        await _sign(database, config, signer, log)
        async with database.reading() as tx:
            found = await look_up(tx, recording_id, log)
    assert found is not None  # noqa: S101  it was there, and rows are never deleted
    return found, described


async def _sign(database: Database, config: Config, signer: Signer, log: Log) -> None:
    """What the log has by now, so that it can be proved, unless a server is just at it."""
    sequencer = Sequencer(database, signer, config.checkpoints_path, log.cosigners)
    await sequencer.settle_key()
    while (step := await sequencer.step(datetime.now(UTC), sign=True)) and step.added:
        pass


async def approved(
    tx: AsyncSession, config: Config, arguments: argparse.Namespace, now: datetime
) -> audit.Detail:
    """By whom, where somebody has to approve; whoever runs this could do without, and says so."""
    if config.recording.unlock == "single":
        return {}
    if arguments.without_approval:
        return {"without_approval": True}
    if arguments.approval is None:
        raise CommandError(
            "recording.unlock is two_person: name the approval with --approval, or say "
            "--without-approval, which stays in the audit log"
        )
    try:
        found = await recording_unlocks.one(tx, arguments.approval)
    except LookupError:
        raise CommandError(f"there is no approval {arguments.approval}") from None
    if found.recording.id != arguments.recording or not rule.counts(found, now):
        raise CommandError(f"{arguments.approval} is no approval of this recording, or no more")
    return {"unlock_id": found.unlock.id, "requested_by": found.unlock.requested_by}


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
