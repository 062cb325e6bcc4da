"""Rows of the audit log whose time is over lose their content: their leaf is nothing but its hash
then, which the full tile of its neighbours holds.

The triggers let exactly that pass: of a row that the view `audit_expirable` has, which is a year
old by the database's own clock, and whose expiry is an event of the log itself. On PostgreSQL the
server's role may do so by a function of the owner's alone, and needs no right to change or delete.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

PERMANENT = (
    "audit.expired",
    "audit.key_changed",
    "audit.retention_changed",
    "backup.restored",
    "recording.downloaded",
    "recording.erased",
    "recording.exported",
    "recording.files_deleted",
    "recording.started",
)
EXPIRABLE = f"""
CREATE VIEW audit_expirable AS
SELECT l.leaf_index, l.audit_id, a.at
FROM audit_leaves l JOIN audit a ON a.id = l.audit_id
WHERE l.leaf IS NOT NULL
AND a.action NOT IN ({", ".join(f"'{action}'" for action in PERMANENT)})
AND EXISTS (SELECT 1 FROM audit_tiles t WHERE t.level = 0 AND t.number = l.leaf_index / 256)
AND NOT EXISTS (SELECT 1 FROM recordings r WHERE r.id = a.recording_id AND r.state <> 'erased')
AND NOT EXISTS (SELECT 1 FROM recordings r
                WHERE r.session_id = a.session_id AND r.state <> 'erased')
"""  # noqa: S608 - nothing in it comes from outside
"""What is about a call is kept as long as a recording of it is."""

MAY_EXPIRE = """
NEW.leaf IS NULL AND OLD.expired_by IS NULL
AND NEW.leaf_index = OLD.leaf_index AND NEW.audit_id = OLD.audit_id
AND EXISTS (SELECT 1 FROM audit WHERE id = NEW.expired_by AND action = 'audit.expired')
AND EXISTS (SELECT 1 FROM audit_expirable e
            WHERE e.leaf_index = OLD.leaf_index AND e.at < {year_ago})
"""
HAS_EXPIRED = """
EXISTS (SELECT 1 FROM audit_leaves
        WHERE audit_id = OLD.id AND leaf IS NULL AND expired_by IS NOT NULL)
"""
IS_TAKEN = """
EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
OR EXISTS (SELECT 1 FROM audit_leaves WHERE audit_id = NEW.id)
"""


def upgrade() -> None:
    op.add_column("audit_leaves", sa.Column("expired_by", sa.BigInteger(), nullable=True))
    expired = sa.text("expired_by IS NOT NULL")
    op.create_index(
        "ix_audit_leaves_expired",
        "audit_leaves",
        ["expired_by"],
        sqlite_where=expired,
        postgresql_where=expired,
    )
    {"sqlite": _in_sqlite, "postgresql": _in_postgresql}[op.get_bind().dialect.name]()


def _in_sqlite() -> None:
    """The definition of the table alone is changed, as in revision 0016."""
    connection = op.get_bind()
    query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'audit_leaves'")
    definition = connection.scalar(query)
    if definition.count("leaf BLOB NOT NULL") != 1:
        raise RuntimeError("the table audit_leaves is not defined as expected")
    op.execute("PRAGMA writable_schema = ON")
    redefine = sa.text(
        "UPDATE sqlite_master SET sql = :definition WHERE type = 'table' AND name = 'audit_leaves'"
    )
    given = {"definition": definition.replace("leaf BLOB NOT NULL", "leaf BLOB")}
    connection.execute(redefine, given)
    op.execute("PRAGMA writable_schema = RESET")
    op.execute(EXPIRABLE)
    year_ago = "strftime('%Y-%m-%d %H:%M:%f', 'now', '-365 days')"
    changes = {
        "audit_leaves_refuses_update": (
            "UPDATE ON audit_leaves",
            f"NOT COALESCE({MAY_EXPIRE.format(year_ago=year_ago)}, 0)",
        ),
        "audit_refuses_delete": ("DELETE ON audit", f"NOT {HAS_EXPIRED}"),
        "audit_refuses_replace": ("INSERT ON audit", IS_TAKEN),
    }
    for name, (change, refused) in changes.items():
        op.execute(f"DROP TRIGGER {name}")
        op.execute(
            # time has colons, which are no parameters
            sa.text(
                f"CREATE TRIGGER {name} BEFORE {change} WHEN {refused} BEGIN "
                f"SELECT RAISE(ABORT, '{change.split()[-1]} is append-only'); END".replace(
                    ":", "\\:"
                )
            )
        )


def _in_postgresql() -> None:
    op.alter_column("audit_leaves", "leaf", nullable=True)
    op.execute(EXPIRABLE)
    schema = op.get_bind().scalar(sa.text("SELECT quote_ident(current_schema())"))
    # temporary tables come first otherwise, which anybody may make
    path = f"SET search_path = {schema}, pg_temp"
    may_expire = MAY_EXPIRE.format(year_ago="now() - interval '365 days'")
    for table, change, allowed, row in (
        ("audit_leaves", "UPDATE", may_expire, "NEW"),
        ("audit", "DELETE", HAS_EXPIRED, "OLD"),
    ):
        op.execute(
            f"CREATE OR REPLACE FUNCTION {table}_is_append_only() RETURNS trigger "
            f"LANGUAGE plpgsql {path} AS $$ BEGIN "
            f"IF TG_OP = '{change}' THEN IF {allowed} THEN RETURN {row}; END IF; END IF; "
            f"RAISE EXCEPTION '{table} is append-only'; END $$"
        )
    op.execute(
        "CREATE FUNCTION audit_expire(record bigint, indices bigint[]) "  # noqa: S608
        f"RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER {path} AS $$ "
        "DECLARE gone bigint; BEGIN "
        "UPDATE audit_leaves SET leaf = NULL, expired_by = record "
        "WHERE leaf_index = ANY (indices); "
        "DELETE FROM audit USING audit_leaves l "
        "WHERE l.audit_id = audit.id AND l.leaf_index = ANY (indices); "
        "GET DIAGNOSTICS gone = ROW_COUNT; RETURN gone; END $$"
    )
    op.execute("REVOKE ALL ON FUNCTION audit_expire(bigint, bigint[]) FROM PUBLIC")
