"""Whoever opens a recording says why: what was open before is opened anew."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

INSTANT = sa.DateTime(timezone=True)
PURPOSES = "'TREAT', 'PATRQT', 'HLEGAL', 'HQUALIMP', 'HOPERAT'"


def upgrade() -> None:
    op.drop_table("playback_grants")
    op.create_table(
        "playback_grants",
        sa.Column("id_sha256", sa.String(length=64), nullable=False),
        sa.Column("holder_id", sa.String(length=128), nullable=False),
        sa.Column("recording_id", sa.String(length=128), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(f"purpose IN ({PURPOSES})", name=op.f("ck_playback_grants_purpose")),
        sa.ForeignKeyConstraint(["holder_id"], ["users.id"], name="fk_playback_grants_holder_id"),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name="fk_playback_grants_recording_id"
        ),
        sa.PrimaryKeyConstraint("id_sha256", name="pk_playback_grants"),
    )
    for column in ("holder_id", "recording_id", "expires_at"):
        op.create_index(f"ix_playback_grants_{column}", "playback_grants", [column])
