"""Files that are sent in a call's chat."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"

INSTANT = sa.DateTime(timezone=True)
ID = sa.String(length=128)
KINDS = "'chat', 'note', 'intake', 'place'"
MORE = f"{KINDS}, 'file'"


def upgrade() -> None:
    op.create_table(
        "chat_files",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("kept", sa.String(length=16), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.CheckConstraint("kept IN ('folder', 'bucket')", name=op.f("ck_chat_files_kept")),
        sa.ForeignKeyConstraint(["id"], ["clinical_keys.id"], name="fk_chat_files_id"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["telemedicine_sessions.id"], name="fk_chat_files_session_id"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["chat_messages.id"], name="fk_chat_files_message_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_chat_files"),
        sa.UniqueConstraint("message_id", name="uq_chat_files_message_id"),
    )
    op.create_index("ix_chat_files_session_id", "chat_files", ["session_id"])
    if op.get_bind().dialect.name == "postgresql":
        name = op.f("ck_clinical_keys_kind")
        op.drop_constraint(name, "clinical_keys")
        op.create_check_constraint(name, "clinical_keys", f"kind IN ({MORE})")
    else:
        _redefine("clinical_keys", f"kind IN ({KINDS})", f"kind IN ({MORE})")


def _redefine(table: str, earlier: str, later: str) -> None:
    """The definition of the table alone is changed, as in revision 0016."""
    connection = op.get_bind()
    of_it = "WHERE type = 'table' AND name = :table"
    query = sa.text(f"SELECT sql FROM sqlite_master {of_it}")  # noqa: S608 - our own words
    definition = connection.scalar(query, {"table": table})
    if definition.count(earlier) != 1:
        raise RuntimeError(f"the table {table} is not defined as expected: no {earlier}")
    op.execute("PRAGMA writable_schema = ON")
    change = sa.text(f"UPDATE sqlite_master SET sql = :definition {of_it}")  # noqa: S608
    values = {"definition": definition.replace(earlier, later), "table": table}
    connection.execute(change, values)
    op.execute("PRAGMA writable_schema = RESET")
