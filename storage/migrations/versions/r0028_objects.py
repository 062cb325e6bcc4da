"""The file of a part is in a folder, on its way to a bucket, or there."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("recording_parts", sa.Column("place_id", sa.String(length=128), nullable=True))
    op.execute(
        "ALTER TABLE recording_parts ADD COLUMN kept VARCHAR(16) DEFAULT 'folder' NOT NULL "
        "CONSTRAINT ck_recording_parts_kept CHECK (kept IN ('folder', 'spool', 'bucket'))"
    )
    op.execute(
        "UPDATE recording_parts SET place_id = "
        "(SELECT value FROM properties WHERE name = 'recordings_place')"
    )
    op.create_index(
        "ix_recording_parts_spool",
        "recording_parts",
        ["recording_id"],
        sqlite_where=sa.text("kept = 'spool'"),
        postgresql_where=sa.text("kept = 'spool'"),
    )
