"""A user is what an issuer calls a subject, and no longer whatever has that subject alone.

Local accounts are this server's own, by their id. Who came with tokens keeps the id, which is the
subject; of which issuer no row says, so the server that starts next enters its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

SOURCE = "source IN ('local', 'token')"


def upgrade() -> None:
    op.add_column("users", sa.Column("issuer", sa.String(length=255), nullable=True))
    op.add_column("users", sa.Column("subject", sa.String(length=255), nullable=True))
    op.execute(
        "UPDATE users SET subject = id, issuer = CASE WHEN source = 'local' THEN 'local' END"
    )
    {"sqlite": _in_sqlite, "postgresql": _in_postgresql}[op.get_bind().dialect.name]()
    op.drop_column("users", "source")
    op.create_index("uq_users_issuer_subject", "users", ["issuer", "subject"], unique=True)


def _in_postgresql() -> None:
    op.alter_column("users", "subject", nullable=False)
    op.drop_constraint(op.f("ck_users_source"), "users")


def _in_sqlite() -> None:
    """A table that others refer to cannot be made anew in a transaction, which this has to be.

    So only its definition is changed, as https://sqlite.org/lang_altertable.html#otheralter
    describes for constraints: they are nothing in the file but these words.
    """
    connection = op.get_bind()
    definition = connection.scalar(sa.text("SELECT sql FROM sqlite_master WHERE name = 'users'"))
    for earlier, later in (
        (f"CONSTRAINT ck_users_source CHECK ({SOURCE}), ", ""),
        ("subject VARCHAR(255)", "subject VARCHAR(255) NOT NULL"),
    ):
        if definition.count(earlier) != 1:
            raise RuntimeError(f"the table users is not defined as expected: no {earlier}")
        definition = definition.replace(earlier, later)
    op.execute("PRAGMA writable_schema = ON")
    change = sa.text(
        "UPDATE sqlite_master SET sql = :definition WHERE type = 'table' AND name = 'users'"
    )
    connection.execute(change, {"definition": definition})
    op.execute("PRAGMA writable_schema = RESET")
