"""Devices that people signed in with before, and since when a token's role stands."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "login_devices",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=128), nullable=False),
        sa.Column("used_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_login_devices_user_id"),
        sa.PrimaryKeyConstraint("token_sha256", "user_id", name="pk_login_devices"),
    )
    op.create_index("ix_login_devices_user_id", "login_devices", ["user_id"])
    op.add_column("users", sa.Column("token_issued_at", INSTANT, nullable=True))
