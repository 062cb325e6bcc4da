"""What a part of a recording does not hold as it was sent; not known of earlier ones."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("recording_parts", sa.Column("losses", sa.JSON(), nullable=True))
