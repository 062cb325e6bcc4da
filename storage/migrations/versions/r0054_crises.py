"""What happened in crises during calls."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"

INSTANT = sa.DateTime(timezone=True)
ID = sa.String(length=128)
KINDS = "'chat', 'note', 'intake', 'place', 'file'"
CHECK = "ck_clinical_keys_kind"


def upgrade() -> None:
    _allow("crisis")
    op.create_table(
        "crisis_entries",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('raised', 'acknowledged', 'over', 'ticked', 'unticked', 'noted')",
            name=op.f("ck_crisis_entries_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["telemedicine_sessions.id"], name="fk_crisis_entries_session_id"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name="fk_crisis_entries_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_crisis_entries"),
    )
    op.create_index("ix_crisis_entries_call", "crisis_entries", ["session_id", "at", "id"])


def _allow(kind: str) -> None:
    """One more kind of clinical record."""
    earlier, later = f"kind IN ({KINDS})", f"kind IN ({KINDS}, '{kind}')"
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(CHECK), "clinical_keys")
        op.create_check_constraint(op.f(CHECK), "clinical_keys", later)
    else:
        _redefine(earlier, later)


def _redefine(earlier: str, later: str) -> None:
    """The definition of the table alone is changed, as in revision 0016."""
    connection = op.get_bind()
    of_it = "WHERE type = 'table' AND name = 'clinical_keys'"
    definition = connection.scalar(
        sa.text(f"SELECT sql FROM sqlite_master {of_it}")  # noqa: S608 - our own words
    )
    if definition.count(earlier) != 1:
        raise RuntimeError(f"the table clinical_keys is not defined as expected: no {earlier}")
    op.execute("PRAGMA writable_schema = ON")
    change = sa.text(f"UPDATE sqlite_master SET sql = :definition {of_it}")  # noqa: S608
    connection.execute(change, {"definition": definition.replace(earlier, later)})
    op.execute("PRAGMA writable_schema = RESET")
