"""A recording can be erased: its wrapped key goes, and a record of that stays, append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

INSTANT = sa.DateTime(timezone=True)
EARLIER = "state IN ('recording', 'complete', 'recovered', 'failed')"
LATER = "state IN ('recording', 'complete', 'recovered', 'failed', 'erased')"
TABLES = ("erasures", "files_deleted")


def upgrade() -> None:
    create_tables()
    op.create_index("ix_recording_parts_participant_id", "recording_parts", ["participant_id"])
    {"sqlite": _in_sqlite, "postgresql": _in_postgresql}[op.get_bind().dialect.name]()


def create_tables() -> None:
    op.create_table(
        "erasures",
        sa.Column("recording_id", sa.String(length=128), nullable=False),
        sa.Column("erased_at", INSTANT, nullable=False),
        sa.Column("basis", sa.String(length=16), nullable=False),
        sa.Column("erased_by", sa.String(length=128), nullable=True),
        sa.Column("erased_by_name", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("basis IN ('request')", name=op.f("ck_erasures_basis")),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name="fk_erasures_recording_id"
        ),
        sa.PrimaryKeyConstraint("recording_id", name="pk_erasures"),
    )
    op.create_table(
        "files_deleted",
        sa.Column("recording_id", sa.String(length=128), nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["erasures.recording_id"], name="fk_files_deleted_recording_id"
        ),
        sa.PrimaryKeyConstraint("recording_id", name="pk_files_deleted"),
    )


def _in_postgresql() -> None:
    op.alter_column("recordings", "wrapped_key", nullable=True)
    op.drop_constraint(op.f("ck_recordings_state"), "recordings")
    op.create_check_constraint(op.f("ck_recordings_state"), "recordings", LATER)
    for table in TABLES:
        op.execute(
            f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        )
        for change, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{change.split()[0].lower()} BEFORE {change} "
                f"ON {table} FOR EACH {each} EXECUTE FUNCTION {table}_is_append_only()"
            )


def _in_sqlite() -> None:
    """The definition of the recordings' table alone is changed, as in revision 0016."""
    connection = op.get_bind()
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'recordings'")
    definition = connection.scalar(query)
    for earlier, later in ((EARLIER, LATER), ("wrapped_key BLOB NOT NULL", "wrapped_key BLOB")):
        if definition.count(earlier) != 1:
            raise RuntimeError(f"the table recordings is not defined as expected: no {earlier}")
        definition = definition.replace(earlier, later)
    op.execute("PRAGMA writable_schema = ON")
    redefine = sa.text(
        "UPDATE sqlite_master SET sql = :definition WHERE type = 'table' AND name = 'recordings'"
    )
    connection.execute(redefine, {"definition": definition})
    op.execute("PRAGMA writable_schema = RESET")
    for table in TABLES:
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        op.execute(
            f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} "  # noqa: S608
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE recording_id = NEW.recording_id) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
