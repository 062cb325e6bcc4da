"""Patients have a record, by whose date of birth recordings can be kept; people have an e-mail
address.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("users", sa.Column("email", sa.String(length=254), nullable=True))
    op.create_table(
        "patients",
        sa.Column("user_id", sa.String(length=128), nullable=False),
        sa.Column("pronouns", sa.String(length=60), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("birth_date_noted_at", INSTANT, nullable=True),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("phone", sa.String(length=16), nullable=True),
        sa.Column("contact_name", sa.String(length=200), nullable=True),
        sa.Column("contact_relationship", sa.String(length=100), nullable=True),
        sa.Column("contact_phone", sa.String(length=16), nullable=True),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_patients_user_id"),
        sa.PrimaryKeyConstraint("user_id", name="pk_patients"),
    )
    op.create_index("ix_patients_birth_date", "patients", ["birth_date"])
