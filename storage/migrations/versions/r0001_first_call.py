"""Users, sign-ins, calls, recordings and their parts, and the append-only consents and audit log.

The schema as it was on this day, written out on purpose: later models must not change what this
revision does.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INSTANT = sa.DateTime(timezone=True)
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("audit", "consents")


def upgrade() -> None:
    create_tables()
    refuse_changes = {
        "sqlite": refuse_changes_in_sqlite,
        "postgresql": refuse_changes_in_postgresql,
    }
    for table in APPEND_ONLY:
        refuse_changes[op.get_bind().dialect.name](table)


def refuse_changes_in_sqlite(table: str) -> None:
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    # INSERT OR REPLACE deletes the old row without its delete trigger, unless the connection asks
    # for it
    op.execute(
        f"CREATE TRIGGER {table}_refuses_replace BEFORE INSERT ON {table} "  # noqa: S608
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def refuse_changes_in_postgresql(table: str) -> None:
    op.execute(
        f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    for change, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{change.split()[0].lower()} BEFORE {change} "
            f"ON {table} FOR EACH {each} EXECUTE FUNCTION {table}_is_append_only()"
        )


def create_tables() -> None:
    op.create_table(
        "audit",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.String(length=128), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=True),
        sa.Column("actor_role", sa.String(length=16), nullable=True),
        sa.Column("session_id", sa.String(length=128), nullable=True),
        sa.Column("recording_id", sa.String(length=128), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_recording_id", "audit", ["recording_id"], unique=False)
    op.create_index("ix_audit_session_id", "audit", ["session_id"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("username", sa.String(length=128), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "role IN ('patient', 'provider', 'compliance', 'ops', 'admin')",
            name=op.f("ck_users_role"),
        ),
        sa.CheckConstraint("source IN ('local', 'token')", name=op.f("ck_users_source")),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("username", name="uq_users_username"),
    )
    op.create_index("ix_users_role", "users", ["role"], unique=False)
    op.create_table(
        "login_sessions",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=128), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_login_sessions_user_id"),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_login_sessions"),
    )
    op.create_index("ix_login_sessions_user_id", "login_sessions", ["user_id"], unique=False)
    op.create_table(
        "telemedicine_sessions",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("patient_id", sa.String(length=128), nullable=False),
        sa.Column("provider_id", sa.String(length=128), nullable=False),
        sa.Column("room_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("invitation_expires_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("duration_minutes", sa.Integer(), nullable=True),
        sa.Column("call_status", sa.String(length=16), nullable=False),
        sa.Column("end_reason", sa.String(length=32), nullable=True),
        sa.Column("audio_only", sa.Boolean(), nullable=False),
        sa.Column("recording_enabled", sa.Boolean(), nullable=False),
        sa.Column("recording_consent_given", sa.Boolean(), nullable=True),
        sa.Column("recording_file_path", sa.String(length=255), nullable=True),
        sa.Column("connection_quality", sa.String(length=16), nullable=True),
        sa.Column("bandwidth_used", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "call_status IN ('initiated', 'active', 'ended', 'failed', 'declined', 'missed')",
            name=op.f("ck_telemedicine_sessions_call_status"),
        ),
        sa.CheckConstraint(
            "connection_quality IN ('poor', 'fair', 'good', 'excellent')",
            name=op.f("ck_telemedicine_sessions_connection_quality"),
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["users.id"], name="fk_telemedicine_sessions_patient_id"
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["users.id"], name="fk_telemedicine_sessions_provider_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_telemedicine_sessions"),
        sa.UniqueConstraint("room_id", name="uq_telemedicine_sessions_room_id"),
    )
    op.create_index(
        "ix_telemedicine_sessions_patient",
        "telemedicine_sessions",
        ["patient_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_telemedicine_sessions_provider",
        "telemedicine_sessions",
        ["provider_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "uq_telemedicine_sessions_unfinished_patient",
        "telemedicine_sessions",
        ["patient_id"],
        unique=True,
        sqlite_where=sa.text("call_status IN ('initiated', 'active')"),
        postgresql_where=sa.text("call_status IN ('initiated', 'active')"),
    )
    op.create_table(
        "consents",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("session_id", sa.String(length=128), nullable=False),
        sa.Column("user_id", sa.String(length=128), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("text_id", sa.String(length=64), nullable=False),
        sa.Column("text_version", sa.String(length=32), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "decision IN ('given', 'declined', 'withdrawn')", name=op.f("ck_consents_decision")
        ),
        sa.CheckConstraint(
            "role IN ('patient', 'provider', 'compliance', 'ops', 'admin')",
            name=op.f("ck_consents_role"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["telemedicine_sessions.id"], name="fk_consents_session_id"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_consents_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_session_id", "consents", ["session_id"], unique=False)
    op.create_table(
        "recordings",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("session_id", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "state IN ('recording', 'complete', 'recovered', 'failed')",
            name=op.f("ck_recordings_state"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["telemedicine_sessions.id"], name="fk_recordings_session_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recordings"),
    )
    op.create_index("ix_recordings_newest", "recordings", ["started_at", "id"], unique=False)
    op.create_index("ix_recordings_session_id", "recordings", ["session_id"], unique=False)
    op.create_table(
        "recording_parts",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("recording_id", sa.String(length=128), nullable=False),
        sa.Column("participant_id", sa.String(length=128), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("media_type", sa.String(length=128), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("offset_ms", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("seek_header", sa.LargeBinary(), nullable=False),
        sa.Column("body_offset", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "source IN ('camera', 'screen')", name=op.f("ck_recording_parts_source")
        ),
        sa.CheckConstraint(
            "state IN ('recording', 'sealed', 'recovered', 'lost')",
            name=op.f("ck_recording_parts_state"),
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["users.id"], name="fk_recording_parts_participant_id"
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name="fk_recording_parts_recording_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recording_parts"),
        sa.UniqueConstraint("path", name="uq_recording_parts_path"),
    )
    op.create_index(
        "ix_recording_parts_recording_id", "recording_parts", ["recording_id"], unique=False
    )
