"""On PostgreSQL a server's role adds to the log and changes nothing of it: tried as that role."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, ProgrammingError

from storage import audit, backup
from storage.audit import AuditEvent, expiry
from storage.audit.guards import APPEND_ONLY
from storage.audit.log import standing
from storage.database import Database
from storage.errors import StorageError
from storage.ids import new_id
from storage.models import Base
from storage.roles import prepare, too_many_rights
from storage.rows import properties
from tests.storage.audit.logs import NOW, sequence, write
from tests.support.postgresql import PostgreSQL


def of_role(url: str, role: str) -> str:
    return make_url(url).set(username=role).render_as_string(hide_password=False)


@pytest.fixture
async def owner_url(postgresql: PostgreSQL) -> str:
    return await postgresql.empty_database()


@pytest.fixture
async def url(owner_url: str) -> str:
    """Of the server's own role, in tables that were made by their owner."""
    url = of_role(owner_url, f"server_{new_id()}")
    with pytest.raises(StorageError, match="is not available"):
        await prepare(of_role(owner_url, "nobody"), url)
    assert await prepare(owner_url, url) == make_url(url).username
    return url


async def test_the_servers_role_writes_the_log_and_all_else(url: str, tmp_path: Path) -> None:
    database = await Database.open(url)
    await write(database, *range(300))
    await sequence(database, tmp_path / "checkpoints")
    async with database.transaction() as tx:
        await properties.put(tx, properties.PROBED_AT, "now")
        await properties.put(tx, properties.PROBED_AT, "then")
        assert await too_many_rights(tx) == []
    async with database.reading() as tx:
        assert (await standing(tx)).signed == 300
    await database.close()
    assert backup.dump_database(url, tmp_path / "backup", NOW).size


async def test_it_ends_old_rows_by_the_owners_function_and_in_no_other_way(
    url: str, tmp_path: Path
) -> None:
    database = await Database.open(url)
    old = datetime(2019, 1, 2, tzinfo=UTC)
    async with database.transaction() as tx:
        for _ in range(256):
            await audit.append(tx, AuditEvent("user.signed_in", old))
        made_up = await audit.append(tx, AuditEvent("audit.expired", NOW))
    await write(database, 1)
    await sequence(database, tmp_path / "checkpoints")
    async with database.transaction() as tx:
        found = await expiry.due(tx, old, 0, await expiry.end(tx, old))
        await expiry.expire(tx, found[1:], made_up)
        assert (await expiry.count(tx), await too_many_rights(tx)) == (255, [])
    for place, record in ((0, 1), (257, made_up)):
        with pytest.raises(DBAPIError, match="audit_leaves is append-only"):
            async with database.transaction() as tx:
                await expiry.expire(tx, [place], record)
    async with database.transaction() as tx:
        shadow = "CREATE TEMPORARY VIEW audit_expirable AS SELECT 257 AS leaf_index, {} AS at"
        await tx.execute(text(shadow.format("timestamptz '2019-01-02'")))
        with pytest.raises(DBAPIError, match="audit_leaves is append-only"):
            await expiry.expire(tx, [257], made_up)
        await tx.rollback()
    await database.close()


@pytest.mark.parametrize("table", APPEND_ONLY)
async def test_it_can_neither_change_nor_delete_nor_switch_off_triggers(
    url: str, table: str
) -> None:
    column = next(iter(Base.metadata.tables[table].columns.keys()))
    database = await Database.open(url)
    for statement in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"DROP TRIGGER {table}_refuses_update ON {table}",
        f"DROP TABLE {table}",
        f"CREATE RULE r AS ON INSERT TO {table} DO INSTEAD NOTHING",
        "SET session_replication_role = replica",
        "CREATE TABLE own (id int)",
    ):
        with pytest.raises(ProgrammingError, match=r"permission denied|must be (owner|superuser)"):
            async with database.transaction() as tx:
                await tx.execute(text(statement))
    await database.close()


async def test_tables_of_an_installation_with_one_role_are_taken_over(
    postgresql: PostgreSQL, owner_url: str, url: str, tmp_path: Path
) -> None:
    alone = of_role(await postgresql.empty_database(), make_url(url).username or "")
    owner = of_role(alone, "carelay")
    admin = await Database.open(owner_url)
    async with admin.transaction() as tx:
        await tx.execute(text(f"GRANT CREATE ON SCHEMA public TO {make_url(url).username}"))
    await admin.close()
    prepared = await Database.open(owner)  # its tables, which one role then owns
    async with prepared.transaction() as tx:
        role = make_url(url).username
        for table in await tx.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        ):
            await tx.execute(text(f"ALTER TABLE {table} OWNER TO {role}"))
    await prepared.close()
    database = await Database.open(alone)
    await write(database, 1, 2)
    async with database.reading() as tx:
        assert await too_many_rights(tx) == [f"it owns {table}" for table in sorted(APPEND_ONLY)]
    await database.close()
    for _ in range(2):
        await prepare(owner, alone)
    database = await Database.open(alone)
    async with database.reading() as tx:
        assert await too_many_rights(tx) == []
    await sequence(database, tmp_path / "checkpoints")
    await database.close()


async def test_what_somebody_granted_behind_it_is_told(owner_url: str, url: str) -> None:
    owner = await Database.open(owner_url)
    async with owner.transaction() as tx:
        await tx.execute(text(f"GRANT UPDATE, TRIGGER ON audit TO {make_url(url).username}"))
    await owner.close()
    database = await Database.open(url)
    async with database.reading() as tx:
        assert await too_many_rights(tx) == ["UPDATE on audit", "TRIGGER on audit"]
    await database.close()


async def test_the_servers_role_is_told_to_let_the_owner_make_the_tables(
    postgresql: PostgreSQL, url: str
) -> None:
    empty = of_role(await postgresql.empty_database(), make_url(url).username or "")
    with pytest.raises(StorageError, match="run `carelay database prepare`"):
        await Database.open(empty)


async def test_two_urls_that_do_not_fit_each_other_are_refused(url: str, owner_url: str) -> None:
    with pytest.raises(StorageError, match="the server need two roles"):
        await prepare(owner_url, owner_url)
    with pytest.raises(StorageError, match="different databases"):
        await prepare(owner_url, make_url(url).set(database="x").render_as_string())
    with pytest.raises(StorageError, match="must name a PostgreSQL"):
        await prepare("sqlite+aiosqlite:////tmp/x", url)
