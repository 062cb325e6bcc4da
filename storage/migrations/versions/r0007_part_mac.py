"""Rows of parts are authenticated with the recording's data key; older ones have none
and still play.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("recording_parts", sa.Column("mac", sa.LargeBinary(), nullable=True))
