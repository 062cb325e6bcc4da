"""The words that people are asked to agree to are kept, once each, append-only; and a consent says
whether the page confirmed that it showed them. Nobody had asked that of earlier ones.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("consents", sa.Column("text_confirmed", sa.Boolean(), nullable=True))
    op.create_table(
        "consent_texts",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_consent_texts"),
    )
    {"sqlite": _in_sqlite, "postgresql": _in_postgresql}[op.get_bind().dialect.name]()


def _in_sqlite() -> None:
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER consent_texts_refuses_{change.lower()} BEFORE {change} "
            "ON consent_texts BEGIN SELECT RAISE(ABORT, 'consent_texts is append-only'); END"
        )
    op.execute(
        "CREATE TRIGGER consent_texts_refuses_replace BEFORE INSERT ON consent_texts "
        "WHEN EXISTS (SELECT 1 FROM consent_texts WHERE sha256 = NEW.sha256) "
        "BEGIN SELECT RAISE(ABORT, 'consent_texts is append-only'); END"
    )


def _in_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION consent_texts_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'consent_texts is append-only'; END $$"
    )
    for change, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER consent_texts_refuses_{change.split()[0].lower()} BEFORE {change} "
            f"ON consent_texts FOR EACH {each} EXECUTE FUNCTION consent_texts_is_append_only()"
        )
