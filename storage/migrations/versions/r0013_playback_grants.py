"""Permission to read the media of a recording for a while: what was open before is opened anew."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "playback_grants",
        sa.Column("id_sha256", sa.String(length=64), nullable=False),
        sa.Column("holder_id", sa.String(length=128), nullable=False),
        sa.Column("recording_id", sa.String(length=128), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["holder_id"], ["users.id"], name="fk_playback_grants_holder_id"),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name="fk_playback_grants_recording_id"
        ),
        sa.PrimaryKeyConstraint("id_sha256", name="pk_playback_grants"),
    )
    for column in ("holder_id", "recording_id", "expires_at"):
        op.create_index(f"ix_playback_grants_{column}", "playback_grants", [column])
