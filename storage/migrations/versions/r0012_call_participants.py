"""A call has participants: the two of each earlier call become rows, and consents name their side.

The schema as it was on this day, written out on purpose: later models must not change what this
revision does.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

INSTANT = sa.DateTime(timezone=True)
SIDES = "'patient', 'provider', 'interpreter', 'relative', 'supervisor', 'observer'"
PRESENT = sa.text("left_at IS NULL")


def upgrade() -> None:
    create_table()
    take_over_the_two_of_each_call()
    let_consents_name_any_side()


def create_table() -> None:
    op.create_table(
        "call_participants",
        sa.Column("session_id", sa.String(length=128), nullable=False),
        sa.Column("user_id", sa.String(length=128), nullable=False),
        sa.Column("invited_at", INSTANT, nullable=False),
        sa.Column("invited_by", sa.String(length=128), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("side", sa.String(length=16), nullable=False),
        sa.Column("may_speak", sa.Boolean(), nullable=False),
        sa.Column("may_show_camera", sa.Boolean(), nullable=False),
        sa.Column("may_share_screen", sa.Boolean(), nullable=False),
        sa.Column("may_chat", sa.Boolean(), nullable=False),
        sa.Column("is_recorded", sa.Boolean(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("joined_at", INSTANT, nullable=True),
        sa.Column("left_at", INSTANT, nullable=True),
        sa.Column("left_reason", sa.String(length=16), nullable=True),
        sa.CheckConstraint(f"side IN ({SIDES})", name=op.f("ck_call_participants_side")),
        sa.CheckConstraint(
            "left_reason IN ('left', 'removed', 'declined', 'missed', 'call_ended')",
            name=op.f("ck_call_participants_left_reason"),
        ),
        sa.CheckConstraint(
            "(left_at IS NULL) = (left_reason IS NULL)", name=op.f("ck_call_participants_left")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["telemedicine_sessions.id"], name="fk_call_participants_session_id"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_call_participants_user_id"),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["users.id"], name="fk_call_participants_invited_by"
        ),
        sa.PrimaryKeyConstraint("session_id", "user_id", "invited_at", name="pk_call_participants"),
    )
    op.create_index(
        "ix_call_participants_user", "call_participants", ["user_id", "side"], unique=False
    )
    op.create_index(
        "uq_call_participants_present",
        "call_participants",
        ["session_id", "user_id"],
        unique=True,
        sqlite_where=PRESENT,
        postgresql_where=PRESENT,
    )


def take_over_the_two_of_each_call() -> None:
    """The patient joined when the call was accepted."""
    for side, joined, screen, invited_by in (
        ("provider", "calls.created_at", "TRUE", "NULL"),
        ("patient", "calls.started_at", "FALSE", "calls.provider_id"),
    ):
        op.execute(
            f"""
            INSERT INTO call_participants (
                session_id, user_id, invited_at, invited_by, name, side, may_speak, may_show_camera,
                may_share_screen, may_chat, is_recorded, required, joined_at, left_at, left_reason)
            SELECT calls.id, users.id, calls.created_at, {invited_by}, users.name,
                '{side}', TRUE, TRUE, {screen}, TRUE, TRUE, TRUE, {joined}, calls.ended_at,
                CASE WHEN calls.ended_at IS NULL THEN NULL
                    WHEN '{side}' = 'patient' AND calls.call_status IN ('declined', 'missed')
                        THEN calls.call_status
                    ELSE 'call_ended' END
            FROM telemedicine_sessions AS calls JOIN users ON users.id = calls.{side}_id
            """  # noqa: S608 - our own words
        )


def let_consents_name_any_side() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_consents_role"), "consents")
        op.create_check_constraint(op.f("ck_consents_role"), "consents", f"role IN ({SIDES})")
    else:
        rebuild_consents()


def rebuild_consents() -> None:
    """SQLite changes no constraint of a table that is there.

    Dropping it fires no trigger, but drops them.
    """
    triggers = op.get_bind().scalars(
        sa.text(
            "SELECT sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND tbl_name = "
            "'consents'"
        )
    )
    statements = [statement for statement in triggers if statement]
    definition = op.get_bind().scalar(
        sa.text("SELECT sql FROM sqlite_master WHERE name = 'consents'")
    )
    earlier = "role IN ('patient', 'provider', 'compliance', 'ops', 'admin')"
    op.execute("ALTER TABLE consents RENAME TO earlier_consents")
    op.execute(definition.replace(earlier, f"role IN ({SIDES})"))
    op.execute("INSERT INTO consents SELECT * FROM earlier_consents")
    op.execute("DROP TABLE earlier_consents")
    for statement in statements:
        op.execute(statement)
