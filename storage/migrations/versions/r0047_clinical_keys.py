"""The data keys of clinical records: chat, files, notes and intake."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "clinical_keys",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("session_id", sa.String(length=128), nullable=True),
        sa.Column("patient_id", sa.String(length=128), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("erased_at", INSTANT, nullable=True),
        sa.Column("erased_by", sa.String(length=128), nullable=True),
        sa.Column("erase_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('chat', 'note', 'intake')", name=op.f("ck_clinical_keys_kind")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["telemedicine_sessions.id"], name="fk_clinical_keys_session_id"
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["users.id"], name="fk_clinical_keys_patient_id"),
        sa.PrimaryKeyConstraint("id", name="pk_clinical_keys"),
    )
    op.create_index("ix_clinical_keys_newest", "clinical_keys", ["created_at", "id"])
    op.create_index("ix_clinical_keys_session_id", "clinical_keys", ["session_id"])
    op.create_index("ix_clinical_keys_patient_id", "clinical_keys", ["patient_id"])
