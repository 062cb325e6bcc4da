"""Providers open recordings in an emergency, which compliance reviews."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"

INSTANT = sa.DateTime(timezone=True)
EMERGENCY = "'ETREAT', 'BTG'"
PURPOSES = f"'TREAT', 'PATRQT', 'HLEGAL', 'HQUALIMP', 'HOPERAT', {EMERGENCY}"


def upgrade() -> None:
    op.create_table(
        "break_glass_accesses",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("recording_id", sa.String(length=128), nullable=False),
        sa.Column("holder_id", sa.String(length=128), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reviewed_at", INSTANT, nullable=True),
        sa.Column("reviewed_by", sa.String(length=128), nullable=True),
        sa.Column("justified", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            f"purpose IN ({EMERGENCY})", name=op.f("ck_break_glass_accesses_purpose")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=f"fk_break_glass_accesses_{column}"
            )
            for column, table in (
                ("recording_id", "recordings"),
                ("holder_id", "users"),
                ("reviewed_by", "users"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_break_glass_accesses"),
    )
    for column in ("recording_id", "holder_id", "reviewed_at"):
        op.create_index(f"ix_break_glass_accesses_{column}", "break_glass_accesses", [column])
    _remake_grants()


def _remake_grants() -> None:
    """SQLite changes no constraint of a table; who has a playback opens it anew."""
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
        sa.Column("break_glass_id", sa.String(length=128), nullable=True),
        sa.CheckConstraint(f"purpose IN ({PURPOSES})", name=op.f("ck_playback_grants_purpose")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_playback_grants_{column}")
            for column, table in (
                ("holder_id", "users"),
                ("recording_id", "recordings"),
                ("unlock_id", "recording_unlocks"),
                ("break_glass_id", "break_glass_accesses"),
            )
        ),
        sa.PrimaryKeyConstraint("id_sha256", name="pk_playback_grants"),
    )
    for column in ("holder_id", "recording_id", "expires_at"):
        op.create_index(f"ix_playback_grants_{column}", "playback_grants", [column])
