"""Which side ended a call: known of calls that were declined or cancelled, and not of those
that were hung up.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column(
        "telemedicine_sessions", sa.Column("ended_by", sa.String(length=16), nullable=True)
    )
    sessions = sa.table("telemedicine_sessions", sa.column("ended_by"), sa.column("end_reason"))
    for reason, side in (("declined", "patient"), ("cancelled", "provider")):
        op.execute(sa.update(sessions).where(sessions.c.end_reason == reason).values(ended_by=side))
