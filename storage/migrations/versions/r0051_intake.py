"""Questionnaires that patients answered before a visit."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"

INSTANT = sa.DateTime(timezone=True)
ID = sa.String(length=128)


def upgrade() -> None:
    op.create_table(
        "intake_sessions",
        sa.Column("id", ID, nullable=False),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("external_id", ID, nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("session_id", ID, nullable=True),
        sa.Column("appointment_id", ID, nullable=True),
        sa.Column("completed_at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("received_by", ID, nullable=False),
        sa.CheckConstraint(
            "source IN ('platform', 'patient', 'pulled')", name=op.f("ck_intake_sessions_source")
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["users.id"], name="fk_intake_sessions_patient_id"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["telemedicine_sessions.id"], name="fk_intake_sessions_session_id"
        ),
        sa.ForeignKeyConstraint(
            ["received_by"], ["users.id"], name="fk_intake_sessions_received_by"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_intake_sessions"),
    )
    op.create_index(
        "uq_intake_sessions_external",
        "intake_sessions",
        ["patient_id", "external_id"],
        unique=True,
    )
    op.create_index(
        "ix_intake_sessions_newest", "intake_sessions", ["patient_id", "completed_at", "id"]
    )
    op.create_index("ix_intake_sessions_session_id", "intake_sessions", ["session_id"])
    op.create_table(
        "intake_responses",
        sa.Column("id", ID, nullable=False),
        sa.Column("intake_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["intake_id"], ["intake_sessions.id"], name="fk_intake_responses_intake_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_intake_responses"),
    )
    op.create_index("ix_intake_responses_intake", "intake_responses", ["intake_id", "position"])
