"""The doctor says whether the audit log is signed, with which key, and what guards it."""

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from signaling import config
from signaling.config import Config
from signaling.ops.doctor.audit import look_at_audit_key, look_at_audit_log
from signaling.ops.doctor.finding import Finding, ok
from storage.audit import key
from storage.audit.sequencer import Sequencer
from storage.database import Database
from tests.signaling.conftest import configuration
from tests.storage.audit.logs import NOW, tamper, write
from tests.support.postgresql import PostgreSQL

SIGNED = "audit log: 2 rows, all of them signed"


async def look(settings: Config, database: Database) -> list[Finding]:
    """But for what is said of PostgreSQL's role, which owns the tables of tests."""
    found = await look_at_audit_log(settings, database)
    return [one for one in found if "role" not in one.text] or [ok(SIGNED)]


async def test_a_role_that_owns_the_tables_is_noted(postgresql: PostgreSQL, tmp_path: Path) -> None:
    database = await Database.open(await postgresql.new_database())
    [found] = await look_at_audit_log(configuration(tmp_path), database)
    await database.close()
    assert found.level == "note"
    assert found.text.startswith("audit log: the server's role can change it: it owns audit, ")
    assert found.advice.startswith("`carelay database prepare --owner URL` ")


async def test_rows_that_are_not_signed_are_noted_until_they_are(
    database_url: str, tmp_path: Path
) -> None:
    settings = configuration(tmp_path)
    signer = key.create(settings.audit_key_file)
    assert str(look_at_audit_key(settings)).endswith(
        f"audit.key signs as {signer.name}; keep a copy of it elsewhere"
    )
    database = await Database.open(database_url)
    sequencer = Sequencer(database, signer, settings.checkpoints_path)
    await sequencer.settle_key()
    await write(database, 1, 2)
    [found] = await look(settings, database)
    assert (found.level, found.text) == ("note", "audit log: 2 rows are not signed yet")
    await sequencer.step(NOW, sign=True)
    [found] = await look(settings, database)
    assert (found.level, found.text) == ("ok", SIGNED)
    other = tmp_path / "other.key"
    key.create(other)
    foreign = msgspec.structs.replace(settings, audit=config.Audit(key_file=other))
    [found] = await look(foreign, database)
    assert found.level == "problem"
    assert f"it is signed with the key of {signer.name}, not " in found.text
    await database.close()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            "UPDATE audit_leaves SET leaf_index = -1 WHERE leaf_index = 1",
            "hashes of level 0 from 0 on are missing",
        ),
        (
            "UPDATE audit_leaves SET leaf = {other}",
            "its first 2 rows are not those that were signed",
        ),
    ],
)
async def test_a_log_that_does_not_go_on_from_what_was_published_is_a_problem(
    database_url: str, tmp_path: Path, change: str, told: str
) -> None:
    settings = configuration(tmp_path)
    database = await Database.open(database_url)
    sequencer = Sequencer(database, key.create(settings.audit_key_file), settings.checkpoints_path)
    await sequencer.settle_key()
    await write(database, 1, 2)
    await sequencer.step(NOW, sign=True)
    await sequencer.publish()
    assert (await look(settings, database))[0].level == "ok"
    await tamper(database_url, change.replace("{other}", "'x'"))
    found = (await look(settings, database))[0]
    await database.close()
    assert (found.level, told in found.text) == ("problem", True)


@pytest.mark.parametrize("trigger", ["audit_refuses_update", "audit_waits"])
async def test_a_trigger_that_somebody_put_aside_is_a_problem(
    database_url: str, tmp_path: Path, trigger: str
) -> None:
    settings = configuration(tmp_path)
    database = await Database.open(database_url)
    aside = f"DROP TRIGGER {trigger}"
    if "postgresql" in database_url:
        aside = f"ALTER TABLE audit DISABLE TRIGGER {trigger}"
    async with database.transaction() as tx:
        await tx.execute(text(aside))
    [found] = await look(settings, database)
    assert found.level == "problem"
    assert found.text.endswith(f"missing or switched off: {trigger}")
    await database.close()


def test_a_key_that_is_missing_open_or_damaged_is_a_problem(tmp_path: Path) -> None:
    settings = configuration(tmp_path)
    found = look_at_audit_key(settings)
    assert (found.level, found.advice) == (
        "problem",
        "`carelay keys create --if-missing` makes one",
    )
    key.create(settings.audit_key_file)
    settings.audit_key_file.chmod(0o644)
    assert "open to other users; run: chmod 600" in look_at_audit_key(settings).text
    settings.audit_key_file.chmod(0o600)
    settings.audit_key_file.write_text("damaged")
    found = look_at_audit_key(settings)
    assert found.advice == "put the right file back from your copy"
    assert "is not of an audit log" in found.text
