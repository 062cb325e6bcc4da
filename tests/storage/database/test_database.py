"""The schema on both databases, and what happens when the database is away."""

import asyncio
import os
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import create_async_engine

from storage.database import Database, schema_is_current
from storage.database.engine import create_engine, make_private_file
from storage.database.failures import TOO_BUSY, as_unavailable
from storage.errors import DatabaseUnavailable, StorageError
from storage.models import Base
from storage.people import users
from tests.support.postgresql import PostgreSQL
from tests.support.stored import ping


def reflected_checks(connection: Connection) -> dict[str, Any]:
    """compare_metadata does not look at CHECK constraints; PostgreSQL and SQLite reflect them."""
    inspector = inspect(connection)
    return {
        table: sorted(
            (check["name"], check["sqltext"]) for check in inspector.get_check_constraints(table)
        )
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


async def test_migrations_make_what_the_models_say(database: Database, database_url: str) -> None:
    engine = create_async_engine(database_url)

    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), Base.metadata)

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        migrated = await connection.run_sync(reflected_checks)
    async with engine.begin() as connection:
        await connection.execute(text("DROP VIEW audit_expirable"))
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
        assert await connection.run_sync(reflected_checks) == migrated
    assert any(migrated.values())
    await engine.dispose()


async def test_servers_that_start_together_migrate_once(empty_database_url: str) -> None:
    opened = await asyncio.gather(*(Database.open(empty_database_url) for _ in range(3)))
    for database in opened:
        await ping(database)
        await database.close()


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


async def test_a_new_file_that_another_process_writes_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "carelay.db"
    pipe = asyncio.subprocess.PIPE
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLD, str(file), stdin=pipe, stdout=pipe
    )
    assert other.stdout
    assert other.stdin
    assert await other.stdout.readline() == b"held\n"
    # It is no WAL yet: to make it one, SQLite by itself waits for nobody.
    opening = asyncio.create_task(Database.open(f"sqlite+aiosqlite:///{file}"))
    await asyncio.wait({opening}, timeout=0.3)
    assert not opening.done()
    other.stdin.close()
    await (await opening).close()
    assert await other.wait() == 0


async def test_a_second_opening_in_one_process_leaves_the_locks_of_the_first(
    tmp_path: Path,
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/carelay.db"
    database = await Database.open(url)
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE properties SET value = value"))
        engine = create_engine(url)
        make_private_file(engine)
        other = await asyncio.create_subprocess_exec(
            sys.executable, "-c", HOLD, str(tmp_path / "carelay.db"), stderr=asyncio.subprocess.PIPE
        )
        _, complaint = await other.communicate()
        assert b"database is locked" in complaint
        await engine.dispose()
    await database.close()


async def test_whether_a_schema_is_current_is_told_without_changing_it(
    empty_database_url: str,
) -> None:
    assert not await schema_is_current(empty_database_url)
    assert not await schema_is_current(empty_database_url), "looking did not migrate"
    database = await Database.open(empty_database_url)
    assert await schema_is_current(empty_database_url)
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert not await schema_is_current(empty_database_url)
    await database.close()


async def test_looking_for_a_schema_makes_no_file(tmp_path: Path) -> None:
    assert not await schema_is_current(f"sqlite+aiosqlite:///{tmp_path}/folder/carelay.db")
    assert not (tmp_path / "folder").exists()


async def test_a_database_of_a_newer_version_is_refused(
    database: Database, database_url: str
) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE alembic_version SET version_num = 'of the future'"))
    with pytest.raises(StorageError, match="newer version of carelay"):
        await Database.open(database_url)


async def test_an_exception_rolls_back(database: Database, now: datetime) -> None:
    async def add_and_fail() -> None:
        async with database.transaction() as tx:
            await users.create(
                tx, username="sam", name="Sam", role="patient", password_hash="x", now=now
            )
            raise KeyError

    with pytest.raises(KeyError):
        await add_and_fail()
    async with database.transaction() as tx:
        assert await users.by_username(tx, "sam") is None


async def test_transactions_that_read_and_then_write_do_not_fail_each_other(
    database: Database, now: datetime
) -> None:
    async def add(number: int) -> None:
        async with database.transaction() as tx:
            assert await users.by_username(tx, f"user{number}") is None
            await users.create(
                tx, username=f"user{number}", name="x", role="ops", password_hash="x", now=now
            )

    await asyncio.gather(*(add(number) for number in range(12)))


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - that is the test
    async with database.transaction() as tx:
        with pytest.raises(Exception, match="without a time zone"):
            await users.create(
                tx, username="sam", name="Sam", role="patient", password_hash="x", now=naive
            )


@pytest.mark.usefixtures("durably")
async def test_sqlite_is_durable_and_checks_references(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path}/folder/carelay.db")
    async with database.transaction() as tx:
        settings = {
            name: await tx.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous")
        }
        assert settings == {"journal_mode": "wal", "synchronous": 2}
        assert await tx.scalar(text("PRAGMA foreign_keys")) == 1
        files = [
            tmp_path / "folder" / name
            for name in ("carelay.db", "carelay.db-wal", "carelay.db-shm")
        ]
        assert [file.stat().st_mode & 0o777 for file in files] == [0o600] * 3
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o700
    await database.close()


async def test_a_database_that_others_can_read_is_mended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/carelay.db"
    await (await Database.open(url)).close()
    (tmp_path / "carelay.db").chmod(0o644)
    (tmp_path / "carelay.db-wal").touch(mode=0o644)
    database = await Database.open(url)
    await ping(database)
    files = [tmp_path / f"carelay.db{suffix}" for suffix in ("", "-wal", "-shm")]
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600] * 3
    assert "open to other users of this machine" in caplog.text
    await database.close()


async def test_something_else_in_place_of_a_database_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "carelay.db")
    with pytest.raises(DatabaseUnavailable, match="is not a file"):
        await Database.open(f"sqlite+aiosqlite:///{tmp_path}/carelay.db")


@pytest.mark.parametrize(
    "url",
    [
        *("mysql://x", "sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:", "nonsense"),
        *("postgresql+asyncpg://h/x?sslmode=require", "postgresql+asyncpg://h:99999/x"),
    ],
)
async def test_a_url_of_no_usable_database_is_an_error(url: str) -> None:
    with pytest.raises(StorageError, match="database URL"):
        await Database.open(url)


async def test_a_locked_sqlite_file_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database.engine.BUSY_TIMEOUT_MS", 10)
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path}/carelay.db")
    other = sqlite3.connect(tmp_path / "carelay.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(
        DatabaseUnavailable, match=r"^The database is not available: database is locked$"
    ):
        await ping(database)
    other.execute("COMMIT")
    other.close()
    await ping(database)
    await database.close()


async def test_what_is_cut_off_in_a_transaction_leaves_no_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a task that is cancelled, whose error keeps the cursor that it was waiting for."""
    monkeypatch.setattr("storage.database.engine.BUSY_TIMEOUT_MS", 100)
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path}/carelay.db")
    async with database.transaction() as tx:
        connection = await tx.connection()
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        held = await driver.execute("SELECT name FROM sqlite_master")
        assert await held.fetchone()
        await connection.invalidate()
        await tx.rollback()
    async with database.transaction() as tx:
        await users.ensure(tx, "platform", "sam", role="patient", name="Sam", now=datetime.now(UTC))
    await database.close()


async def test_a_transaction_that_never_gets_its_turn_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database.BUSY_TIMEOUT_MS", 50)
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path}/carelay.db")
    async with database.transaction():
        with pytest.raises(DatabaseUnavailable, match="too many transactions wait for it"):
            await ping(database)
    await ping(database)
    await database.close()


def test_a_pool_that_is_used_up_is_told_in_one_line() -> None:
    assert str(as_unavailable(PoolTimeout("QueuePool limit of size 5 ..."))) == TOO_BUSY


async def test_sqlite_transactions_run_in_the_order_in_which_they_were_asked_for(
    tmp_path: Path,
) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path}/carelay.db")
    order: list[int] = []

    async def run(number: int) -> None:
        for _ in range(3):
            async with database.transaction():
                order.append(number)

    await asyncio.gather(*(run(number) for number in range(5)))
    assert order == [0, 1, 2, 3, 4] * 3
    await database.close()


async def test_a_full_sqlite_file_is_unavailable_and_then_recovers(
    tmp_path: Path, now: datetime
) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path}/carelay.db")
    long = "x" * 100_000

    async def fill() -> None:
        async with database.transaction() as tx:
            size = await tx.scalar(text("PRAGMA page_count"))
            await tx.execute(text(f"PRAGMA max_page_count = {size}"))
            await users.create(tx, username="a", name=long, role="ops", password_hash="x", now=now)

    with pytest.raises(
        DatabaseUnavailable, match=r"^The database is not available: database or disk is full$"
    ):
        await fill()
    await ping(database)
    await database.close()


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "carelay.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(DatabaseUnavailable, match="file is not a database"):
        await Database.open(f"sqlite+aiosqlite:///{tmp_path}/carelay.db")


async def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailable, match="file cannot be made"):
        await Database.open(f"sqlite+aiosqlite:///{tmp_path}/file/carelay.db")


async def test_postgresql_that_stops_is_unavailable_and_comes_back(
    postgresql: PostgreSQL, now: datetime
) -> None:
    database = await Database.open(await postgresql.new_database())
    async with database.transaction() as tx:
        await users.create(tx, username="before", name="x", role="ops", password_hash="x", now=now)

    await lose_the_connection_inside_a_transaction(database, postgresql)
    with pytest.raises(DatabaseUnavailable, match="not available") as refused:
        await ping(database)
    assert "\n" not in str(refused.value)

    postgresql.start()
    async with database.transaction() as tx:
        assert await users.by_username(tx, "before") is not None
    await database.close()


async def test_no_transaction_fails_after_a_restart_of_postgresql(postgresql: PostgreSQL) -> None:
    database = await Database.open(await postgresql.new_database())
    await use_connections_at_once(database, 5)
    postgresql.stop()
    postgresql.start()
    await use_connections_at_once(database, 5)
    await database.close()


async def use_connections_at_once(database: Database, count: int) -> None:
    together = asyncio.Barrier(count)

    async def use() -> None:
        async with database.transaction() as tx:
            await tx.execute(text("SELECT 1"))
            await together.wait()

    await asyncio.gather(*(use() for _ in range(count)))


async def lose_the_connection_inside_a_transaction(database: Database, server: PostgreSQL) -> None:
    async def lose_it() -> None:
        async with database.transaction() as tx:
            await users.by_username(tx, "before")
            server.stop()
            await users.by_username(tx, "before")

    with pytest.raises(DatabaseUnavailable, match="not available") as lost:
        await lose_it()
    assert "\n" not in str(lost.value)


async def test_postgresql_that_does_not_answer_is_unavailable(
    postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await postgresql.new_database()
    await (await Database.open(url)).close()
    monkeypatch.setattr("storage.database.engine.COMMAND_TIMEOUT_S", 1)
    database = await Database.open(url)

    async def ask() -> None:
        async with database.transaction() as tx:
            await tx.execute(text("SELECT pg_sleep(60)"))

    with pytest.raises(DatabaseUnavailable, match="not available: "):
        await ask()
    await ping(database)
    await database.close()


@pytest.mark.parametrize("state", ["40001", "40P01", "XX000"])
async def test_postgresql_that_says_try_again_is_unavailable(
    postgresql: PostgreSQL, state: str
) -> None:
    database = await Database.open(await postgresql.new_database())
    with pytest.raises(DatabaseUnavailable, match="once more"):
        async with database.transaction() as tx:
            await tx.execute(
                text(f"DO $$ BEGIN RAISE 'once more' USING ERRCODE = '{state}'; END $$")
            )
    await ping(database)
    await database.close()


def test_an_answer_of_postgresql_that_cannot_be_read_is_unavailable() -> None:
    assert as_unavailable(asyncpg.ProtocolError("got result for unknown protocol state 3"))


async def test_postgresql_that_never_was_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="not available"):
        await Database.open(f"postgresql+asyncpg://carelay@/x?host={tmp_path}")


async def test_an_unknown_postgresql_database_is_unavailable(postgresql: PostgreSQL) -> None:
    with pytest.raises(DatabaseUnavailable, match='"missing" does not exist'):
        await Database.open(postgresql.url("missing"))


async def test_errors_tell_no_password(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable) as error:
        await Database.open(f"postgresql+asyncpg://carelay:secret@/x?host={tmp_path}")
    assert "secret" not in str(error.value)


async def test_a_wrong_statement_is_not_an_unavailable_database(database: Database) -> None:
    with pytest.raises(DBAPIError):
        async with database.transaction() as tx:
            await tx.execute(text("SELECT * FROM nothing"))


async def test_the_callers_own_errors_pass_through(database: Database) -> None:
    with pytest.raises(FileNotFoundError):
        async with database.transaction():
            raise FileNotFoundError


async def test_times_come_back_in_utc_to_the_microsecond(
    database: Database, database_url: str
) -> None:
    moment = datetime.fromisoformat("2026-06-01T12:00:00.000001+02:00")
    async with database.transaction() as tx:
        created = await users.create(
            tx, username="x", name="x", role="ops", password_hash="x", now=moment
        )
    async with database.transaction() as tx:
        found = await users.by_id(tx, created.id)
    assert found is not None
    assert found.created_at == moment
    assert found.created_at.tzinfo == UTC
    assert make_url(database_url).drivername in {"sqlite+aiosqlite", "postgresql+asyncpg"}
