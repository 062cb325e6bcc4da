"""The doctor looks at the audit log: its key, what guards it, and whether it keeps up."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from signaling.config import Config, witnesses
from signaling.config.witnesses import Witness
from signaling.ops.doctor.finding import Finding, note, ok, problem
from storage import roles
from storage.audit import cosigned, guards, key, log
from storage.audit.file import CheckpointFile
from storage.audit.succession import keys_from
from storage.database import Database
from storage.errors import InvalidLog, KeyFileError
from storage.rows import properties


def look_at_audit_key(config: Config) -> Finding:
    """There, private, intact?"""
    path = config.audit_key_file
    try:
        signer = key.load(path)
    except KeyFileError as error:
        advice = (
            "put the right file back from your copy"
            if path.exists()
            else "`carelay keys create --if-missing` makes one"
        )
        return problem(f"audit key: {error}", advice)
    return ok(f"audit key: {path} signs as {signer.name}; keep a copy of it elsewhere")


async def look_at_audit_log(config: Config, database: Database) -> list[Finding]:
    """Is it signed with that key, guarded by its triggers, and not behind?"""
    async with database.reading() as tx:
        settled = await properties.value(tx, properties.AUDIT_KEY)
        missing = await guards.missing(tx)
        rights = await roles.too_many_rights(tx)
        standing = await log.standing(tx)
    found: list[Finding] = []
    named = witnesses.all_of(config.audit.witnesses)
    if settled is not None and (mine := _own(config)) not in {None, settled}:
        text = f"audit log: it is signed with the key of {settled.partition('+')[0]}, not {mine}"
        found.append(problem(text, "put the right key file back; the server does not start"))
    if missing:
        text = f"audit log: these triggers are missing or switched off: {', '.join(missing)}"
        advice = (
            "somebody with the rights of the database's owner did that: find out who, run "
            "`carelay audit verify`, and put them back from a new database's schema"
        )
        found.append(problem(text, advice))
    if rights:
        text = f"audit log: the server's role can change it: {', '.join(rights)}"
        advice = (
            "`carelay database prepare --owner URL` gives the tables to another role, and this one "
            "what a server needs (OPERATIONS.md)"
        )
        found.append(note(text, advice))
    async with database.reading() as tx:
        found += [await _look_at_witness(tx, one, standing.signed) for one in named]
    found += await _look_at_published(config, database)
    behind = standing.size - standing.signed + standing.waiting
    if behind:
        text = f"audit log: {behind} rows are not signed yet"
        found.append(note(text, "a running server signs them within a minute; if not, see its log"))
    return found or [ok(f"audit log: {standing.size} rows, all of them signed")]


async def _look_at_published(config: Config, database: Database) -> list[Finding]:
    """Does the log go on from the newest checkpoint that was published? In no time, of a log of any
    length; which row is not what it was, only all of it tells.
    """
    try:
        first = key.load_public(key.public_file(config.audit_key_file))
        async with database.reading() as tx:
            file = CheckpointFile(config.checkpoints_path, *await keys_from(tx, first))
            newest = await asyncio.to_thread(file.newest)
            if newest is None or await log.root_at(tx, newest.size) == newest.root:
                return []
        text = f"its first {newest.size} rows are not those that were signed"
    except InvalidLog as error:
        text = str(error)
    except (KeyFileError, OSError):
        return []  # without key or file, nothing was published from here
    advice = "keep everything as it is; `carelay audit verify` names the first row"
    return [problem(f"audit log: {text}", advice)]


async def _look_at_witness(tx: AsyncSession, one: Witness, signed: int) -> Finding:
    name, at = one.cosigner.name, await cosigned.last_at(tx, one.cosigner)
    if at is None:
        advice = "register the log with it: give it audit.pub; the server's log says what it says"
        return problem(f"audit log: the witness {name} has cosigned nothing yet", advice)
    text = f"audit log: the witness {name} cosigned last at {at:%Y-%m-%d %H:%M:%S} UTC"
    if await cosigned.largest(tx, one.cosigner) < signed:
        return note(f"{text}, and not the newest checkpoint", "see the server's log if that lasts")
    return ok(text)


def _own(config: Config) -> str | None:
    try:
        return str(key.load(config.audit_key_file).verifier)
    except KeyFileError:
        return None  # look_at_audit_key says it
