"""Providers care for patients: for those whom they have talked to, to begin with."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.create_table(
        "care_relations",
        sa.Column("provider_id", sa.String(length=128), nullable=False),
        sa.Column("patient_id", sa.String(length=128), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["users.id"], name="fk_care_relations_provider_id"
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["users.id"], name="fk_care_relations_patient_id"),
        sa.PrimaryKeyConstraint("provider_id", "patient_id", name="pk_care_relations"),
    )
    op.create_index("ix_care_relations_patient_id", "care_relations", ["patient_id"])
    op.execute(
        "INSERT INTO care_relations (provider_id, patient_id, since) "
        "SELECT provider_id, patient_id, min(started_at) FROM telemedicine_sessions "
        "WHERE started_at IS NOT NULL GROUP BY provider_id, patient_id"
    )
