"""The schema's history.

`upgrade` brings a database to the newest revision, also from an installed wheel.
"""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text

from storage.errors import AlreadyRunning, StorageError

_LOCK = 0x6361726C  # "carl": any number that no other program locks in the same database
_ALONE = 0x63617265  # "care": what servers up to revision 0014 held, one at a time

_MAY_MAKE_TABLES = "SELECT has_schema_privilege(current_schema(), 'CREATE')"


def upgrade(connection: Connection) -> None:
    """Run what is missing, inside the connection's transaction: all of it or nothing.

    Raises StorageError if the database is of a newer version than this program, AlreadyRunning if
    there is something to upgrade while servers of an older version run.
    """
    # Several servers may start at once; on SQLite BEGIN IMMEDIATE waits.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    if is_current(connection):
        return
    if connection.dialect.name == "postgresql":
        if not connection.scalar(text(_MAY_MAKE_TABLES)):
            raise StorageError(
                "The tables are not there yet, or are of an older version, and the server's role "
                "may not make them: run `carelay database prepare`."
            )
        if _is_in_use(connection):
            raise AlreadyRunning(
                "Another carelay server of an older version is using the database; stop that one "
                "first."
            )
    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:  # Alembic cannot find the revision that the database is at
        raise StorageError("The database was made by a newer version of carelay.") from None


def is_current(connection: Connection) -> bool:
    """Whether there is nothing to upgrade."""
    return set(MigrationContext.configure(connection).get_current_heads()) == _newest()


@cache
def _newest() -> set[str]:
    return set(ScriptDirectory.from_config(_config()).get_heads())


def _is_in_use(connection: Connection) -> bool:
    """By a server of before there were leases, which holds a lock, or by one whose lease lasts."""
    if not connection.scalar(
        text("SELECT pg_try_advisory_xact_lock_shared(:key)"), {"key": _ALONE}
    ):
        return True
    if not inspect(connection).has_table("nodes"):
        return False
    return bool(connection.scalar(text("SELECT count(*) FROM nodes WHERE lease_until > now()")))


def _config() -> Config:
    config = Config()
    here = str(Path(__file__).parent).replace("%", "%%")  # options are read as of an ini file
    config.set_main_option("script_location", here)
    return config
