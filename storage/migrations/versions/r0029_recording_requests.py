"""Patients can ask for a copy or for erasure of a recording, and are answered: both append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

INSTANT = sa.DateTime(timezone=True)
KEYS = {"recording_requests": "id", "recording_request_answers": "request_id"}


def upgrade() -> None:
    create_tables()
    refuse_changes = {"sqlite": _in_sqlite, "postgresql": _in_postgresql}
    for table in KEYS:
        refuse_changes[op.get_bind().dialect.name](table)


def create_tables() -> None:
    op.create_table(
        "recording_requests",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("recording_id", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("asked_by", sa.String(length=128), nullable=False),
        sa.CheckConstraint("kind IN ('copy', 'erasure')", name=op.f("ck_recording_requests_kind")),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name="fk_recording_requests_recording_id"
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name="fk_recording_requests_asked_by"),
        sa.PrimaryKeyConstraint("id", name="pk_recording_requests"),
    )
    op.create_index("ix_recording_requests_recording_id", "recording_requests", ["recording_id"])
    op.create_table(
        "recording_request_answers",
        sa.Column("request_id", sa.String(length=128), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.Column("answered_by", sa.String(length=128), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["recording_requests.id"],
            name="fk_recording_request_answers_request_id",
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["users.id"], name="fk_recording_request_answers_answered_by"
        ),
        sa.PrimaryKeyConstraint("request_id", name="pk_recording_request_answers"),
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
