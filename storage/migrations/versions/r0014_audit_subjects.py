"""Audit rows name what they are about, as far as those of earlier versions told it.

The triggers that refuse changes are put aside for that and put back as they were. That is sound:
they hold off the application and whoever comes in through it, not whoever owns the schema, as a
migration does. All of it is one transaction that locks the table, so nobody else ever finds it
without them. And only the two new columns are written, from what the row itself says: what it said
before stays as it was, which `tests/storage/database/test_upgrade.py` compares for every row.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

TYPE = """
CASE WHEN action LIKE 'user.%' THEN CASE WHEN {user} IS NULL THEN NULL ELSE 'user' END
     WHEN {part} IS NOT NULL THEN 'part'
     WHEN recording_id IS NOT NULL THEN 'recording'
     WHEN session_id IS NOT NULL THEN 'session' END
"""
ID = """
CASE WHEN action LIKE 'user.%' THEN {user} ELSE COALESCE({part}, recording_id, session_id) END
"""
DETAIL = {"sqlite": "json_extract(detail, '$.{}')", "postgresql": "CAST(detail AS json) ->> '{}'"}


def upgrade() -> None:
    op.add_column("audit", sa.Column("subject_type", sa.String(length=16), nullable=True))
    op.add_column("audit", sa.Column("subject_id", sa.String(length=128), nullable=True))
    dialect = op.get_bind().dialect.name
    {"sqlite": _in_sqlite, "postgresql": _in_postgresql}[dialect](_backfill(DETAIL[dialect]))


def _backfill(detail: str) -> str:
    said = {
        "user": f"COALESCE({detail.format('user_id')}, actor_id)",
        "part": f"({detail.format('part_id')})",
    }
    values = f"subject_type = {TYPE.format(**said)}, subject_id = {ID.format(**said)}"
    return f"UPDATE audit SET {values}"  # noqa: S608 - nothing in it comes from outside


def _in_sqlite(backfill: str) -> None:
    op.execute("DROP TRIGGER audit_refuses_update")
    op.execute(backfill)
    op.execute(
        "CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END"
    )


def _in_postgresql(backfill: str) -> None:
    op.execute("ALTER TABLE audit DISABLE TRIGGER audit_refuses_update")
    op.execute(backfill)
    op.execute("ALTER TABLE audit ENABLE TRIGGER audit_refuses_update")
