"""How well each side of a call was connected, with the worst of what lasted;
not known of earlier calls.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column(
        "telemedicine_sessions", sa.Column("connection_by_side", sa.JSON(), nullable=True)
    )
