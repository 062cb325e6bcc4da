"""The schema's history. `upgrade` brings a database to the newest revision, also from an installed wheel."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

_LOCK = 0x6361726C  # "carl": any number that no other program locks in the same database


def upgrade(connection: Connection) -> None:
    """Run what is missing, inside the connection's transaction: all of it or nothing."""
    if connection.dialect.name == "postgresql":  # several servers may start at once; on SQLite BEGIN IMMEDIATE waits
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
