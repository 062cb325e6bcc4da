"""Exports of recordings, which a server makes in the background and keeps for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

INSTANT = sa.DateTime(timezone=True)
WORDS = {
    "contents": "'film', 'parts', 'encrypted'",
    "layout": "'grid', 'screen'",
    "state": "'queued', 'running', 'done', 'failed', 'cancelled', 'expired'",
    "phase": "'reading', 'composing', 'writing'",
    "failure": "'recording_erased', 'nothing_to_export', 'no_space', 'key_away', 'key_missing', "
    "'store_away', 'not_uploaded', 'log_key_missing', 'interrupted', 'not_made'",
    "purpose": "'TREAT', 'PATRQT', 'HLEGAL', 'HQUALIMP', 'HOPERAT'",
}


def upgrade() -> None:
    table = "recording_exports"
    op.create_table(
        table,
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("recording_id", sa.String(length=128), nullable=False),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("requested_by", sa.String(length=128), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("contents", sa.String(length=16), nullable=False),
        sa.Column("layout", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("failure", sa.String(length=32), nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("path", sa.String(length=255), nullable=True),
        sa.Column("place_id", sa.String(length=128), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("key_id", sa.String(length=16), nullable=True),
        sa.Column("node_id", sa.String(length=128), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False, server_default="0"),
        *(
            sa.CheckConstraint(f"{column} IN ({words})", name=op.f(f"ck_{table}_{column}"))
            for column, words in WORDS.items()
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}")
            for column, other in (("recording_id", "recordings"), ("requested_by", "users"))
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_newest", table, ["requested_at", "id"])
    op.create_index(f"ix_{table}_recording_id", table, ["recording_id"])
