"""Audit rows get a Merkle tree: the bytes that are hashed, in their order, full tiles, and signed
checkpoints; all of them append-only.

A trigger notes each new row as one that waits to be sequenced, in the transaction that writes it:
so a row that commits late is sequenced late, and none is lost between two that commit before it.
What is there waits as well.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

KEYS = {
    "audit_leaves": ("leaf_index", "audit_id"),
    "audit_tiles": ("level", "number"),
    "audit_checkpoints": ("size",),
}


def upgrade() -> None:
    create_tables()
    op.execute("INSERT INTO audit_pending (audit_id) SELECT id FROM audit ORDER BY id")
    {"sqlite": _in_sqlite, "postgresql": _in_postgresql}[op.get_bind().dialect.name]()


def create_tables() -> None:
    op.create_table(
        "audit_pending",
        sa.Column("audit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name="pk_audit_pending"),
    )
    op.create_table(
        "audit_leaves",
        sa.Column("leaf_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("audit_id", sa.BigInteger(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("leaf_index", name="pk_audit_leaves"),
        sa.UniqueConstraint("audit_id", name="uq_audit_leaves_audit_id"),
    )
    op.create_table(
        "audit_tiles",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name="pk_audit_tiles"),
    )
    op.create_table(
        "audit_checkpoints",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_audit_checkpoints"),
    )


def _in_sqlite() -> None:
    op.execute(
        "CREATE TRIGGER audit_waits AFTER INSERT ON audit "
        "BEGIN INSERT INTO audit_pending (audit_id) VALUES (NEW.id); END"
    )
    for table, keys in KEYS.items():
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        # leaves must be new by each of their keys, tiles by both together
        how = " OR " if table == "audit_leaves" else " AND "
        taken = how.join(f"{key} = NEW.{key}" for key in keys)
        op.execute(
            f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} "  # noqa: S608
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _in_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_waits() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO audit_pending (audit_id) VALUES (NEW.id); RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_waits AFTER INSERT ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_waits()"
    )
    for table in KEYS:
        op.execute(
            f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        )
        for change, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{change.split()[0].lower()} BEFORE {change} "
                f"ON {table} FOR EACH {each} EXECUTE FUNCTION {table}_is_append_only()"
            )
