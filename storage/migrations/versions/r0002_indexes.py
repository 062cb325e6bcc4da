"""Indexes of what is listed newest first, and of recordings that were left open."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

IS_OPEN = sa.text("state = 'recording'")


def upgrade() -> None:
    op.create_index(
        "ix_telemedicine_sessions_newest", "telemedicine_sessions", ["created_at", "id"]
    )
    op.create_index(
        "ix_recordings_open",
        "recordings",
        ["started_at"],
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
