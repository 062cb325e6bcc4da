"""Recordings are searched by people, state, holds and length: in their rows, by an index each."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"

PEOPLE = ("patient_id", "provider_id")
FACTS = ("duration_ms", "state", "on_hold")
INDEXES = {
    "newest": ("started_at", "id", *FACTS),
    "patient": ("patient_id", "started_at", "id", *FACTS),
    "provider": ("provider_id", "started_at", "id", *FACTS),
    "state": ("state", "started_at", "id", "duration_ms"),
}
SOME = {"held": "on_hold", "perishable": "state NOT IN ('recording', 'erased') AND NOT on_hold"}
FILL = """
UPDATE recordings SET
    patient_id = (SELECT s.patient_id FROM telemedicine_sessions s WHERE s.id = session_id),
    provider_id = (SELECT s.provider_id FROM telemedicine_sessions s WHERE s.id = session_id),
    audio_only = (SELECT s.audio_only FROM telemedicine_sessions s WHERE s.id = session_id),
    duration_ms = COALESCE((SELECT MAX(p.offset_ms + p.duration_ms) FROM recording_parts p
                            WHERE p.recording_id = recordings.id), 0),
    on_hold = EXISTS (SELECT 1 FROM legal_holds h WHERE h.recording_id = recordings.id
                      AND NOT EXISTS (SELECT 1 FROM legal_hold_releases r WHERE r.hold_id = h.id))
"""


def upgrade() -> None:
    for person in PEOPLE:
        op.execute(  # as SQLite takes it, too
            f"ALTER TABLE recordings ADD COLUMN {person} VARCHAR(128) "
            f"CONSTRAINT fk_recordings_{person} REFERENCES users (id)"
        )
    no = sa.false()
    for column in (
        sa.Column("audio_only", sa.Boolean, nullable=False, server_default=no),
        sa.Column("on_hold", sa.Boolean, nullable=False, server_default=no),
        sa.Column("duration_ms", sa.BigInteger, nullable=False, server_default="0"),
    ):
        op.add_column("recordings", column)
    op.execute(FILL)
    {"sqlite": _in_sqlite, "postgresql": _in_postgresql}[op.get_bind().dialect.name]()
    for earlier in ("newest", "open"):
        op.drop_index(f"ix_recordings_{earlier}", "recordings")
    for name, columns in INDEXES.items():
        op.create_index(f"ix_recordings_{name}", "recordings", [*columns])
    for name, which in SOME.items():
        op.create_index(
            f"ix_recordings_{name}",
            "recordings",
            ["started_at", "id", "duration_ms", "audio_only"],
            sqlite_where=sa.text(which),
            postgresql_where=sa.text(which),
        )


def _in_postgresql() -> None:
    for person in PEOPLE:
        op.alter_column("recordings", person, nullable=False)


def _in_sqlite() -> None:
    """The definition of the table alone is changed, as in revision 0016."""
    connection = op.get_bind()
    of_it = "WHERE type = 'table' AND name = 'recordings'"
    query = sa.text(f"SELECT sql FROM sqlite_master {of_it}")  # noqa: S608 - our own words
    definition = connection.scalar(query)
    for person in PEOPLE:
        before = f"{person} VARCHAR(128) CONSTRAINT"
        if definition.count(before) != 1:
            raise RuntimeError(f"the table recordings is not defined as expected: no {before}")
        definition = definition.replace(before, f"{person} VARCHAR(128) NOT NULL CONSTRAINT")
    op.execute("PRAGMA writable_schema = ON")
    change = sa.text(f"UPDATE sqlite_master SET sql = :definition {of_it}")  # noqa: S608
    connection.execute(change, {"definition": definition})
    op.execute("PRAGMA writable_schema = RESET")
