"""`carelay audit`: check the log of who did what, prove a row of it, and take it elsewhere."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from signaling.audit import fhir, retention
from signaling.audit.asked import Asked
from signaling.audit.export import MEDIA_TYPES, Export, ExportFormat
from signaling.config import Config, witnesses
from signaling.config.file import load
from signaling.kernel.auditing import entry
from signaling.kernel.errors import Invalid
from signaling.kernel.terminal import CommandError, account, complain, say
from storage import audit
from storage.audit import (
    Detail,
    checkpoint,
    cosignature,
    cosigned,
    expiry,
    export,
    key,
    log,
    proof,
    proving,
)
from storage.audit.checkpoint import Checkpoint
from storage.audit.cosignature import Cosigner
from storage.audit.note import Verifier
from storage.audit.proof import Proof
from storage.audit.succession import keys_from
from storage.audit.verify import Verdict
from storage.audit.verify import verify as verify_log
from storage.database import Database, schema_is_current
from storage.errors import InvalidNote, NotSignedYet, RowExpired

T = TypeVar("T")


def verify(arguments: argparse.Namespace) -> int:
    """1 if the log is not what was signed; the first row that is not is named."""
    config = load(arguments.config, files_must_exist=False)
    verifier = _verifier(arguments, config)
    cosigners = _cosigners(arguments, config)

    async def look(tx: AsyncSession) -> Verdict:
        keys = await keys_from(tx, verifier)
        given = _given(arguments, config, keys, cosigners)
        if not given and cosigners and await cosigned.newest_final(tx, cosigners) is None:
            raise CommandError("no checkpoint is cosigned by all witnesses")
        kept = await _kept(tx, keys)
        if not given and not kept:
            raise CommandError("there is no checkpoint to compare the log with")
        return await verify_log(tx, [*given, *kept], datetime.now(UTC))

    verdict = asyncio.run(_reading(arguments.database or config.database_url, look))
    if verdict.problem is not None:
        complain(verdict.problem)
        return 1
    say(
        f"The log {verifier.name} is whole (rows: {verdict.size}, of these signed: "
        f"{verdict.signed}, expired, hash only: {verdict.expired}, waiting to be put into it: "
        f"{verdict.waiting})."
    )
    if cosigners:
        names = ", ".join(one.name for one in cosigners)
        say(f"The newest checkpoint that is published is cosigned by {names}.")
    return 0


def prove(arguments: argparse.Namespace) -> int:
    """That a row is in the log, as a file for others."""
    config = load(arguments.config, files_must_exist=False)
    verifier = _verifier(arguments, config)
    cosigners = _cosigners(arguments, config)
    row: int = arguments.row
    _note_export(arguments, config, {"form": "proof", "row": row})

    async def make(tx: AsyncSession) -> Proof:
        try:
            found = await proving.of_row(tx, row, verifier, cosigners)
        except NotSignedYet:
            raise CommandError(
                f"row {row} is not {_signed(cosigners)} yet; try again in a minute"
            ) from None
        except RowExpired as error:
            raise CommandError(str(error)) from None
        if found is None:
            raise CommandError(f"there is no row {row} in the log")
        return found

    made = asyncio.run(_reading(arguments.database or config.database_url, make))
    _write(arguments.output, made.data)
    return 0


def check(arguments: argparse.Namespace) -> int:
    """Whether such a file is a proof; the row that it proves."""
    config = load(arguments.config, files_must_exist=False)
    try:
        said = proof.parse(arguments.proof.read_bytes())
        own = key.public_files(config.audit_key_file)
        named = [arguments.public_key] if arguments.public_key else own
        keys = [key.load_public(file) for file in named]
        covered = proof.verify(said, *keys)
        cosignature.refuse_uncosigned(said.checkpoint, keys, _cosigners(arguments, config))
    except InvalidNote as error:
        complain(str(error))
        return 1
    say(said.leaf.decode(errors="replace"))
    say(f"This row has the index {said.index} in the first {covered.size} of {covered.origin}.")
    return 0


def export_log(arguments: argparse.Namespace) -> int:
    """All rows that are signed, as they were hashed, a line each; some of them; or as tiles."""
    config = load(arguments.config, files_must_exist=False)
    asked = _asked(arguments)
    if arguments.tiles and (asked.detail or arguments.format):
        raise CommandError("--tiles is the whole log, and goes with no filter and no --format")
    if asked.detail or arguments.format == "fhir":
        return _export_some(arguments, config, asked)
    cosigners = _cosigners(arguments, config)
    _note_export(arguments, config, {"form": "tiles" if arguments.tiles else "rows"})

    async def write(tx: AsyncSession) -> tuple[int, int]:
        newest = await cosigned.newest_final(tx, cosigners)
        if newest is None:
            raise CommandError(f"nothing of the log is {_signed(cosigners)} yet")
        if arguments.tiles:
            await export.write_tiles(tx, newest.size, newest.note, arguments.tiles)
        else:
            async for lines in export.lines(tx, newest.size):
                sys.stdout.buffer.write(lines)
        return newest.size, await expiry.count(tx)

    size, expired = asyncio.run(_reading(arguments.database or config.database_url, write))
    if arguments.tiles:
        say(f"Wrote {size} rows and their tree to {arguments.tiles}.")
    if expired:
        complain(f"{expired} of the {size} rows have expired: of each there is the hash only.")
    return 0


def show_expiring(arguments: argparse.Namespace) -> int:
    """Rows that expire within 30 days, one per line, oldest first; written to the log."""
    config = load(arguments.config, files_must_exist=False)
    now = datetime.now(UTC)

    async def show(tx: AsyncSession) -> None:
        policy = await retention.current(tx, config, now)
        cut_off = policy.cut_off(now + retention.SOON)
        rows = await expiry.list_due(tx, cut_off) if cut_off else []
        detail: Detail = {"expiring": True, "rows": len(rows), "account": account()}
        await audit.append(tx, entry("audit.read", now, None, detail=detail))
        for row in rows:
            say(f"{row.id}\t{row.at:%Y-%m-%d %H:%M:%S}\t{row.action}")

    asyncio.run(_writing(config.database_url, show))
    return 0


def _asked(arguments: argparse.Namespace) -> Asked:
    """Raises CommandError, which names the option."""
    given = {name: getattr(arguments, name) for name in Asked.__struct_fields__}
    try:
        asked = msgspec.convert({n: v for n, v in given.items() if v is not None}, Asked)
        _ = asked.filter
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at `$.")
        option = place.rstrip("`").replace("_id", "").replace("_", "-")
        raise CommandError(f"--{option}: {problem.replace('`', chr(39))}") from None
    except Invalid:
        raise CommandError("--end: it is not after --begin") from None
    return asked


def _export_some(arguments: argparse.Namespace, config: Config, asked: Asked) -> int:
    """What was asked for, newest first."""
    form: ExportFormat = arguments.format or "ndjson"
    _note_export(arguments, config, {**asked.detail, "form": form})
    log_name = key.load_public(key.public_file(config.audit_key_file)).name
    url = arguments.database or config.database_url

    async def write() -> None:
        await _require_current(url)
        async with _opened(url) as database:
            some = Export(
                media_type=MEDIA_TYPES[form],
                download_name="",
                database=database,
                wanted=asked.filter,
                form=form,
                source=fhir.source(config, log_name),
            )
            async for lines in some.pieces():
                sys.stdout.buffer.write(lines)

    asyncio.run(write())
    return 0


def _note_export(arguments: argparse.Namespace, config: Config, detail: Detail) -> None:
    """In the log itself, before anything is handed out; a copy that is named is left as it is."""
    if arguments.database:
        return
    event = entry(
        "audit.exported", datetime.now(UTC), None, detail={**detail, "account": account()}
    )

    async def note(tx: AsyncSession) -> None:
        await audit.append(tx, event)

    asyncio.run(_writing(config.database_url, note))


async def _writing(url: str, work: Callable[[AsyncSession], Awaitable[None]]) -> None:
    await _require_current(url)
    async with _opened(url) as database, database.transaction() as tx:
        await work(tx)


async def _require_current(url: str) -> None:
    if not await schema_is_current(url):
        raise CommandError("the database is empty, or of another version of carelay")


async def _reading(url: str, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Nothing is changed, not even brought up to date. Raises StorageError, CommandError."""
    await _require_current(url)
    async with _opened(url) as database, database.reading() as tx:
        return await work(tx)


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    database = await Database.open(url)
    try:
        yield database
    finally:
        await database.close()


def _verifier(arguments: argparse.Namespace, config: Config) -> Verifier:
    return key.load_public(arguments.public_key or key.public_file(config.audit_key_file))


def _cosigners(arguments: argparse.Namespace, config: Config) -> Sequence[Cosigner]:
    """Those that are named; without any, those of the configuration."""
    if arguments.witness:
        return [Cosigner.parse(vkey) for vkey in arguments.witness]
    return [one.cosigner for one in witnesses.all_of(config.audit.witnesses)]


def _signed(cosigners: Sequence[Cosigner]) -> str:
    return "cosigned" if cosigners else "signed"


def _given(
    arguments: argparse.Namespace,
    config: Config,
    keys: Sequence[Verifier],
    cosigners: Sequence[Cosigner],
) -> Sequence[Checkpoint]:
    """Those of the files that are named; without any, those that this server has published."""
    own = [config.checkpoints_path] if config.checkpoints_path.exists() else []
    files = arguments.checkpoint or own
    return [said for file in files for said in _all_of(file, keys, cosigners)]


def _all_of(
    file: Path, keys: Sequence[Verifier], cosigners: Sequence[Cosigner]
) -> Sequence[Checkpoint]:
    """What a witness has not cosigned may be a log that was made for whoever looks at it."""
    try:
        found = checkpoint.all_of(file.read_bytes(), *keys)
        cosignature.refuse_uncosigned(file.read_bytes(), keys, cosigners)
    except InvalidNote as error:
        raise CommandError(f"{file}: {error}") from None
    return found


async def _kept(tx: AsyncSession, keys: Sequence[Verifier]) -> Sequence[Checkpoint]:
    """Those that the database has."""
    rows = await log.checkpoints(tx)
    try:
        return [checkpoint.kept(row.size, log.stored(row.note), *keys) for row in rows]
    except InvalidNote as error:
        raise CommandError(str(error)) from None


def _write(file: Path | None, data: bytes) -> None:
    if file is None:
        sys.stdout.buffer.write(data)
    else:
        file.write_bytes(data)
