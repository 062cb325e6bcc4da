"""Somebody else approves that a recording is opened: what is open then rests on that approval."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

INSTANT = sa.DateTime(timezone=True)
PURPOSES = "'TREAT', 'PATRQT', 'HLEGAL', 'HQUALIMP', 'HOPERAT'"


def upgrade() -> None:
    op.create_table(
        "recording_unlocks",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("recording_id", sa.String(length=128), nullable=False),
        sa.Column("requested_by", sa.String(length=128), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("answered_by", sa.String(length=128), nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", sa.String(length=128), nullable=True),
        sa.CheckConstraint(f"purpose IN ({PURPOSES})", name=op.f("ck_recording_unlocks_purpose")),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name="fk_recording_unlocks_recording_id"
        ),
        *(
            sa.ForeignKeyConstraint([column], ["users.id"], name=f"fk_recording_unlocks_{column}")
            for column in ("requested_by", "answered_by", "ended_by")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recording_unlocks"),
    )
    for column in ("recording_id", "requested_by", "expires_at"):
        op.create_index(f"ix_recording_unlocks_{column}", "recording_unlocks", [column])
    _remake_grants()


def _remake_grants() -> None:
    """SQLite adds no column that refers to another table; who has a playback opens it anew."""
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
        sa.Column("unlock_id", sa.String(length=128), nullable=True),
        sa.CheckConstraint(f"purpose IN ({PURPOSES})", name=op.f("ck_playback_grants_purpose")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_playback_grants_{column}")
            for column, table in (
                ("holder_id", "users"),
                ("recording_id", "recordings"),
                ("unlock_id", "recording_unlocks"),
            )
        ),
        sa.PrimaryKeyConstraint("id_sha256", name="pk_playback_grants"),
    )
    for column in ("holder_id", "recording_id", "expires_at"):
        op.create_index(f"ix_playback_grants_{column}", "playback_grants", [column])
