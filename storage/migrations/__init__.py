"""The schema's history. `upgrade` brings a database to the newest revision, also from an installed wheel."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from storage.errors import StorageError

_LOCK = 0x6361726C  # "carl": any number that no other program locks in the same database


def upgrade(connection: Connection) -> None:
    """Run what is missing, inside the connection's transaction: all of it or nothing.

    Raises StorageError if the database is of a newer version than this program.
    """
    if connection.dialect.name == "postgresql":  # several servers may start at once; on SQLite BEGIN IMMEDIATE waits
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:  # Alembic cannot find the revision that the database is at
        raise StorageError("The database was made by a newer version of carelay.") from None


def is_current(connection: Connection) -> bool:
    """Whether there is nothing to upgrade."""
    newest = ScriptDirectory.from_config(_config()).get_heads()
    return set(MigrationContext.configure(connection).get_current_heads()) == set(newest)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))  # read as an ini file
    return config
