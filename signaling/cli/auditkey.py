"""`carelay audit rotate-key`: another key signs the audit log, and the log itself says so.

After a restored backup the key gets another name as well, which is that of the log: the history
that was broken off and the one that goes on are never signed by one name and key.
"""

import argparse
import asyncio
from datetime import UTC, datetime

from signaling.config import Config
from signaling.config.file import load
from signaling.kernel.auditing import entry
from signaling.kernel.terminal import CommandError, account, say
from storage import audit
from storage.audit import Detail, key, succession
from storage.audit.note import Signer
from storage.cluster import nodes
from storage.cluster.instance import hold_database, hold_folder
from storage.database import Database, schema_is_current
from storage.rows import properties


def rotate(arguments: argparse.Namespace) -> int:
    """While no server runs: each would go on with the key that it has read."""
    config = load(arguments.config, files_must_exist=False)
    folder = hold_folder(config.storage.data_path)
    database = hold_database(config.database_url)
    try:
        asyncio.run(rotated(config))
    finally:
        folder.close()
        if database is not None:
            database.close()
    return 0


async def rotated(config: Config) -> None:
    """Killed at any moment, it is finished by the next one.

    Raises CommandError, KeyFileError, DatabaseUnavailable.
    """
    path = config.audit_key_file
    old = key.load(path)
    if not await schema_is_current(config.database_url):
        raise CommandError("the database is empty, or of another version of carelay")
    database = await Database.open(config.database_url)
    try:
        async with database.reading() as tx:
            settled = await properties.value(tx, properties.AUDIT_KEY)
            restored = await properties.value(tx, properties.AUDIT_RESTORED)
            if any((one.seconds_left or 0) > 0 for one in await nodes.standing(tx)):
                raise CommandError("a server is running on this database; stop it first")
        new = key.pending(path) or key.create_pending(path, None if restored else old.name)
        if settled != str(new.verifier):
            if settled not in {None, str(old.verifier)}:
                raise CommandError(
                    f"the log is signed with the key of {(settled or '').partition('+')[0]}, and "
                    f"{path} is another one"
                )
            said = succession.statement(old, new.verifier)
            await _change(database, str(old.verifier), new, {"statement": said})
    finally:
        await database.close()
    key.exchange(path, old, new)
    say(f"The audit log is signed as {new.verifier} from now on.")
    say("Who has an earlier public key finds this one in the log. Witnesses have to be told of it.")
    say(f"Keep a copy of {path.absolute()} elsewhere.")


async def settle_after_loss(config: Config, new: Signer) -> None:
    """A backup was restored whose key is lost: nothing but this row says which key came after it,
    so that auditors have to be given the new one.
    """
    database = await Database.open(config.database_url)
    try:
        async with database.reading() as tx:
            settled = await properties.value(tx, properties.AUDIT_KEY)
        if settled is not None:
            await _change(database, settled, new, {})
    finally:
        await database.close()


async def _change(database: Database, before: str, new: Signer, more: Detail) -> None:
    detail = {"after": str(new.verifier), "account": account(), **more}
    event = entry("audit.key_changed", datetime.now(UTC), None, detail=detail)
    async with database.transaction() as tx:
        await audit.append(tx, event)
        earlier = await properties.value(tx, properties.AUDIT_KEYS_BEFORE) or ""
        await properties.put(tx, properties.AUDIT_KEYS_BEFORE, f"{earlier} {before}".strip())
        await properties.put(tx, properties.AUDIT_KEY, str(new.verifier))
        await properties.put(tx, properties.AUDIT_RESTORED, "")
