"""A recording can also be erased because somebody withdrew their consent."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

EARLIER = "basis IN ('request', 'retention')"
LATER = "basis IN ('request', 'retention', 'withdrawal')"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_erasures_basis"), "erasures")
        op.create_check_constraint(op.f("ck_erasures_basis"), "erasures", LATER)
    else:
        _in_sqlite()


def _in_sqlite() -> None:
    """The definition alone is changed, as in revision 0016."""
    connection = op.get_bind()
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'erasures'")
    definition = connection.scalar(query)
    if definition.count(EARLIER) != 1:
        raise RuntimeError(f"the table erasures is not defined as expected: no {EARLIER}")
    op.execute("PRAGMA writable_schema = ON")
    redefine = sa.text(
        "UPDATE sqlite_master SET sql = :definition WHERE type = 'table' AND name = 'erasures'"
    )
    connection.execute(redefine, {"definition": definition.replace(EARLIER, LATER)})
    op.execute("PRAGMA writable_schema = RESET")
