"""Links by which somebody without an account gets into one call."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

INSTANT = sa.DateTime(timezone=True)
SIDES = "'patient', 'provider', 'interpreter', 'relative', 'supervisor', 'observer'"
ROLES = "'patient', 'provider', 'compliance', 'ops', 'admin'"
LETTERS = "'calendar', 'day_before', 'soon'"
WORDS = {("users", "role"): (ROLES, "guest"), ("letters", "kind"): (LETTERS, "guest_link")}


def upgrade() -> None:
    op.create_table(
        "guest_links",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=True),
        sa.Column("user_id", sa.String(length=128), nullable=False),
        sa.Column("side", sa.String(length=16), nullable=False),
        sa.Column("appointment_id", sa.String(length=128), nullable=True),
        sa.Column("room_id", sa.String(length=64), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("opened_at", INSTANT, nullable=True),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("browser_sha256", sa.String(length=64), nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("confirmed_by", sa.String(length=128), nullable=True),
        sa.CheckConstraint(f"side IN ({SIDES})", name=op.f("ck_guest_links_side")),
        sa.CheckConstraint(
            "channel IN ('email', 'sms', 'copy')", name=op.f("ck_guest_links_channel")
        ),
        sa.CheckConstraint(
            "(appointment_id IS NULL) <> (room_id IS NULL)", name=op.f("ck_guest_links_of_one")
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_guest_links_{column}")
            for column, table in (
                ("user_id", "users"),
                ("appointment_id", "appointments"),
                ("created_by", "users"),
                ("confirmed_by", "users"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_guest_links"),
        sa.UniqueConstraint("token_sha256", name="uq_guest_links_token_sha256"),
    )
    for column in ("user_id", "appointment_id", "room_id"):
        op.create_index(f"ix_guest_links_{column}", "guest_links", [column])
    op.execute(
        "ALTER TABLE login_sessions ADD COLUMN guest_link_id VARCHAR(128) "
        "CONSTRAINT fk_login_sessions_guest_link_id REFERENCES guest_links (id)"
    )
    op.create_index("ix_login_sessions_guest_link_id", "login_sessions", ["guest_link_id"])
    for (table, column), (words, added) in WORDS.items():
        more = f"{words}, '{added}'"
        if op.get_bind().dialect.name == "postgresql":
            name = op.f(f"ck_{table}_{column}")
            op.drop_constraint(name, table)
            op.create_check_constraint(name, table, f"{column} IN ({more})")
        else:
            _redefine(table, f"{column} IN ({words})", f"{column} IN ({more})")


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
