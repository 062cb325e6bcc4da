"""How well everybody in a call was connected at each moment of it; not known of earlier calls."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    op.create_table(
        "connection_changes",
        sa.Column("session_id", sa.String(length=128), nullable=False),
        sa.Column("user_id", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("condition", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "condition IN ('lost', 'poor', 'fair', 'good', 'excellent')",
            name=op.f("ck_connection_changes_condition"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["telemedicine_sessions.id"],
            name="fk_connection_changes_session_id",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_connection_changes_user_id"),
        sa.PrimaryKeyConstraint("session_id", "user_id", "at", name="pk_connection_changes"),
    )
