"""Providers' private notes on calls."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("author_id", sa.String(length=128), nullable=False),
        sa.Column("session_id", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["id"], ["clinical_keys.id"], name="fk_notes_id"),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_notes_author_id"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["telemedicine_sessions.id"], name="fk_notes_session_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
        sa.UniqueConstraint("author_id", "session_id", name="uq_notes_author_id"),
    )
    op.create_index("ix_notes_session_id", "notes", ["session_id"])
