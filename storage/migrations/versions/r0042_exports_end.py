"""An export names the approval that it rests on, and why it was destroyed before its time."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

TABLE = "recording_exports"
BEFORE = (
    "'recording_erased', 'nothing_to_export', 'no_space', 'key_away', 'key_missing', "
    "'store_away', 'not_uploaded', 'log_key_missing', 'interrupted', 'not_made'"
)
FAILURES = f"{BEFORE}, 'key_lost', 'approval_ended'"


def upgrade() -> None:
    name = f"fk_{TABLE}_unlock_id"
    op.execute(  # as SQLite takes it, too
        f"ALTER TABLE {TABLE} ADD COLUMN unlock_id VARCHAR(128) "
        f"CONSTRAINT {name} REFERENCES recording_unlocks (id)"
    )
    op.create_index(f"ix_{TABLE}_unlock_id", TABLE, ["unlock_id"])
    if op.get_bind().dialect.name == "postgresql":
        check = op.f(f"ck_{TABLE}_failure")
        op.drop_constraint(check, TABLE)
        op.create_check_constraint(check, TABLE, f"failure IN ({FAILURES})")
    else:
        _redefine()


def _redefine() -> None:
    """The definition of the table alone is changed, as in revision 0016."""
    connection = op.get_bind()
    of_it = f"WHERE type = 'table' AND name = '{TABLE}'"
    query = sa.text(f"SELECT sql FROM sqlite_master {of_it}")  # noqa: S608 - our own words
    definition = connection.scalar(query)
    if definition.count(BEFORE) != 1:
        raise RuntimeError(f"the table {TABLE} is not defined as expected: no {BEFORE}")
    op.execute("PRAGMA writable_schema = ON")
    change = sa.text(f"UPDATE sqlite_master SET sql = :definition {of_it}")  # noqa: S608
    connection.execute(change, {"definition": definition.replace(BEFORE, FAILURES)})
    op.execute("PRAGMA writable_schema = RESET")
