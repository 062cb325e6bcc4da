"""The audit log can be looked through: an index for each way in which that is done."""

from alembic import op

revision = "0027"
down_revision = "0026"

INDEXES = {
    "newest": (),
    "action": ("action",),
    "actor": ("actor_id", "action"),
    "address": ("address", "action"),
    "session": ("session_id",),
    "recording": ("recording_id",),
    "subject": ("subject_id",),
}
"""Of the rows with the same values, the newest are next to each other."""


def upgrade() -> None:
    for earlier in ("recording_id", "session_id"):
        op.drop_index(f"ix_audit_{earlier}", "audit")
    for name, same in INDEXES.items():
        op.create_index(f"ix_audit_{name}", "audit", [*same, "at", "id"])
