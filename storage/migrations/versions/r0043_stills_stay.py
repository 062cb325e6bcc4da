"""Rows of the audit log that never expire are also those about stills, which are copies, too."""

from alembic import op

revision = "0043"
down_revision = "0042"

PERMANENT = (
    "audit.expired",
    "audit.key_changed",
    "audit.retention_changed",
    "backup.restored",
    "key.noted",
    "recording.downloaded",
    "recording.erased",
    "recording.export_downloaded",
    "recording.exported",
    "recording.files_deleted",
    "recording.started",
    "recording.still_taken",
)
EXPIRABLE = f"""
CREATE VIEW audit_expirable AS
SELECT l.leaf_index, l.audit_id, a.at
FROM audit_leaves l JOIN audit a ON a.id = l.audit_id
WHERE l.leaf IS NOT NULL
AND a.action NOT IN ({", ".join(f"'{action}'" for action in PERMANENT)})
AND EXISTS (SELECT 1 FROM audit_tiles t WHERE t.level = 0 AND t.number = l.leaf_index / 256)
AND NOT EXISTS (SELECT 1 FROM recordings r WHERE r.id = a.recording_id AND r.state <> 'erased')
AND NOT EXISTS (SELECT 1 FROM recordings r
                WHERE r.session_id = a.session_id AND r.state <> 'erased')
"""  # noqa: S608 - nothing in it comes from outside


def upgrade() -> None:
    op.execute("DROP VIEW audit_expirable")
    op.execute(EXPIRABLE)
