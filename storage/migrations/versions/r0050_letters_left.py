"""Alerts of accesses in an emergency, and letters of invitations, are sent by whoever is there once
the server that was to send them is no more; those of before were sent, or are lost.
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    accesses = "break_glass_accesses"
    op.add_column(accesses, sa.Column("alerts_left", sa.Text(), server_default="", nullable=False))
    op.add_column(
        accesses, sa.Column("alerts_tries", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(accesses, sa.Column("alert_at", INSTANT, nullable=True))
    op.create_index("ix_break_glass_accesses_alert_at", accesses, ["alert_at"])
    op.add_column("account_invitations", sa.Column("send_at", INSTANT, nullable=True))
    op.create_index("ix_account_invitations_send_at", "account_invitations", ["send_at"])
