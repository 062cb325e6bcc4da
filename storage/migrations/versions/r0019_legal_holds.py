"""Recordings can be put on hold, and released: both append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

INSTANT = sa.DateTime(timezone=True)
KEYS = {"legal_holds": "id", "legal_hold_releases": "hold_id"}


def upgrade() -> None:
    create_tables()
    refuse_changes = {"sqlite": _in_sqlite, "postgresql": _in_postgresql}
    for table in KEYS:
        refuse_changes[op.get_bind().dialect.name](table)


def create_tables() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("recording_id", sa.String(length=128), nullable=False),
        sa.Column("placed_at", INSTANT, nullable=False),
        sa.Column("placed_by", sa.String(length=128), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name="fk_legal_holds_recording_id"
        ),
        sa.ForeignKeyConstraint(["placed_by"], ["users.id"], name="fk_legal_holds_placed_by"),
        sa.PrimaryKeyConstraint("id", name="pk_legal_holds"),
    )
    op.create_index("ix_legal_holds_recording_id", "legal_holds", ["recording_id"])
    op.create_table(
        "legal_hold_releases",
        sa.Column("hold_id", sa.String(length=128), nullable=False),
        sa.Column("released_at", INSTANT, nullable=False),
        sa.Column("released_by", sa.String(length=128), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["legal_holds.id"], name="fk_legal_hold_releases_hold_id"
        ),
        sa.ForeignKeyConstraint(
            ["released_by"], ["users.id"], name="fk_legal_hold_releases_released_by"
        ),
        sa.PrimaryKeyConstraint("hold_id", name="pk_legal_hold_releases"),
    )


def _in_sqlite(table: str) -> None:
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    op.execute(
        f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} "  # noqa: S608
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {KEYS[table]} = NEW.{KEYS[table]}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _in_postgresql(table: str) -> None:
    op.execute(
        f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    for change, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{change.split()[0].lower()} BEFORE {change} "
            f"ON {table} FOR EACH {each} EXECUTE FUNCTION {table}_is_append_only()"
        )
