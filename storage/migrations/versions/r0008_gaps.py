"""Where a recording has nothing of anybody; not known of earlier ones."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("recordings", sa.Column("gaps", sa.JSON(), nullable=True))
