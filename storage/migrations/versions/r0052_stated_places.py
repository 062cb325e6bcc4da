"""Where patients say they are, at each visit."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"

INSTANT = sa.DateTime(timezone=True)
ID = sa.String(length=128)
KINDS = "'chat', 'note', 'intake'"
CHECK = "ck_clinical_keys_kind"


def upgrade() -> None:
    _allow("place")
    op.create_table(
        "stated_places",
        sa.Column("id", ID, nullable=False),
        sa.Column("key_id", ID, nullable=False),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=True),
        sa.Column("appointment_id", ID, nullable=True),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("by_link", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("stated_at", INSTANT, nullable=False),
        sa.CheckConstraint("answer IN ('given', 'withheld')", name=op.f("ck_stated_places_answer")),
        sa.CheckConstraint(
            "(session_id IS NULL) <> (appointment_id IS NULL)",
            name=op.f("ck_stated_places_of_one"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_stated_places_{column}")
            for column, table in (
                ("key_id", "clinical_keys"),
                ("patient_id", "users"),
                ("session_id", "telemedicine_sessions"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_stated_places"),
    )
    op.create_index("ix_stated_places_patient", "stated_places", ["patient_id", "stated_at", "id"])
    for column in ("session_id", "appointment_id"):
        op.create_index(f"ix_stated_places_{column}", "stated_places", [column])


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
