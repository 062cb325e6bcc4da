"""People ask for what they themselves have answered, however many consents there are."""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_index("ix_consents_user_id", "consents", ["user_id"])
