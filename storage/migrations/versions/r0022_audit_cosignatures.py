"""Checkpoints of the audit log are cosigned by witnesses, whose words are kept append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

TABLE = "audit_cosignatures"
KEY = ("size", "name", "key_id")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(*KEY, name=f"pk_{TABLE}"),
    )
    {"sqlite": _in_sqlite, "postgresql": _in_postgresql}[op.get_bind().dialect.name]()


def _in_sqlite() -> None:
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_refuses_{change.lower()} BEFORE {change} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
        )
    taken = " AND ".join(f"{column} = NEW.{column}" for column in KEY)
    op.execute(
        f"CREATE TRIGGER {TABLE}_refuses_replace BEFORE INSERT ON {TABLE} "  # noqa: S608
        f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE {taken}) "
        f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
    )


def _in_postgresql() -> None:
    op.execute(
        f"CREATE FUNCTION {TABLE}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{TABLE} is append-only'; END $$"
    )
    for change, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {TABLE}_refuses_{change.split()[0].lower()} BEFORE {change} "
            f"ON {TABLE} FOR EACH {each} EXECUTE FUNCTION {TABLE}_is_append_only()"
        )
