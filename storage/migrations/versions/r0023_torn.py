"""A recording can stay torn: its server died, and no server can open its key."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

STATES = {
    "recordings": "'recording', 'complete', 'recovered', 'torn', 'failed', 'erased'",
    "recording_parts": "'recording', 'sealed', 'recovered', 'torn', 'lost'",
}


def upgrade() -> None:
    for table, states in STATES.items():
        if op.get_bind().dialect.name == "postgresql":
            name = op.f(f"ck_{table}_state")
            op.drop_constraint(name, table)
            op.create_check_constraint(name, table, f"state IN ({states})")
        else:
            _redefine(table, states)


def _redefine(table: str, states: str) -> None:
    """The definition of the table alone is changed, as in revision 0016."""
    connection = op.get_bind()
    of_it = "WHERE type = 'table' AND name = :table"
    query = sa.text(f"SELECT sql FROM sqlite_master {of_it}")  # noqa: S608 - our own words
    definition = connection.scalar(query, {"table": table})
    earlier = states.replace("'torn', ", "")
    if definition.count(earlier) != 1:
        raise RuntimeError(f"the table {table} is not defined as expected: no {earlier}")
    op.execute("PRAGMA writable_schema = ON")
    change = sa.text(f"UPDATE sqlite_master SET sql = :definition {of_it}")  # noqa: S608
    values = {"definition": definition.replace(earlier, states), "table": table}
    connection.execute(change, values)
    op.execute("PRAGMA writable_schema = RESET")
