"""Servers are known as nodes, and calls, recordings and parts name the one that carries them.

What is there was carried by a server that knew of no nodes, and is no more: any may take it over.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

INSTANT = sa.DateTime(timezone=True)
CARRIED = ("telemedicine_sessions", "recordings", "recording_parts")


def upgrade() -> None:
    op.create_table(
        "nodes",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_nodes"),
        sa.UniqueConstraint("fence", name="uq_nodes_fence"),
    )
    for table in CARRIED:
        op.add_column(table, sa.Column("node_id", sa.String(length=128), nullable=True))
        op.add_column(
            table, sa.Column("fence", sa.BigInteger(), nullable=False, server_default="0")
        )
