"""Letters about appointments that are to be sent, and private addresses of calendars."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "letters",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=300), nullable=False),
        sa.Column("calendar_id", sa.String(length=128), nullable=False),
        sa.Column("recipient_id", sa.String(length=128), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.CheckConstraint("kind IN ('calendar', 'day_before', 'soon')", name="kind"),
        sa.CheckConstraint("outcome IN ('sent', 'obsolete', 'failed')", name="outcome"),
        sa.ForeignKeyConstraint(["recipient_id"], ["users.id"], name="fk_letters_recipient_id"),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sa.UniqueConstraint("about", name="uq_letters_about"),
    )
    op.create_index("ix_letters_waiting", "letters", ["settled_at", "next_try_at"])
    op.create_index("ix_letters_reminder", "letters", ["calendar_id", "kind", "starts_at"])
    op.create_table(
        "calendar_feeds",
        sa.Column("provider_id", sa.String(length=128), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("shows", sa.String(length=16), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("shows IN ('busy', 'names')", name="shows"),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["users.id"], name="fk_calendar_feeds_provider_id"
        ),
        sa.PrimaryKeyConstraint("provider_id", name="pk_calendar_feeds"),
        sa.UniqueConstraint("token_sha256", name="uq_calendar_feeds_token_sha256"),
    )
