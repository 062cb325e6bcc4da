"""What is written in calls."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "chat_messages",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("session_id", sa.String(length=128), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(length=128), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["telemedicine_sessions.id"], name="fk_chat_messages_session_id"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name="fk_chat_messages_author_id"),
        sa.PrimaryKeyConstraint("id", name="pk_chat_messages"),
        sa.UniqueConstraint("session_id", "number", name="uq_chat_messages_session_id"),
        sa.UniqueConstraint(
            "session_id", "author_id", "client_id", name="uq_chat_messages_client_id"
        ),
    )
