"""A recording and which parts it has are authenticated with its data key; older ones are not."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("recordings", sa.Column("mac", sa.LargeBinary(), nullable=True))
