"""Emergencies become part of their call; of earlier ones there are rows in the audit log only."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for column in (
        sa.Column("emergency_raised_at", INSTANT, nullable=True),
        sa.Column("emergency_raised_by", sa.String(length=16), nullable=True),
        sa.Column("emergency_reached", sa.JSON(), nullable=True),
        sa.Column("emergency_acknowledged_at", INSTANT, nullable=True),
        sa.Column("emergency_acknowledged_by", sa.String(length=200), nullable=True),
    ):
        op.add_column("telemedicine_sessions", column)
