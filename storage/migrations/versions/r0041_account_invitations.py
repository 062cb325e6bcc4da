"""People are invited by e-mail to set a password of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "account_invitations",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=128), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_account_invitations_user_id"),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name="fk_account_invitations_created_by"
        ),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_account_invitations"),
    )
    op.create_index("ix_account_invitations_user_id", "account_invitations", ["user_id"])
