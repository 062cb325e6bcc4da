"""Appointments, of which nobody has two at a time, and calls that are held for one."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

INSTANT = sa.DateTime(timezone=True)
PEOPLE = ("provider_id", "patient_id")
MOVED = "provider_id, patient_id, starts_at, ends_at, status"


def upgrade() -> None:
    op.create_table(
        "appointment_series",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("first", sa.DateTime(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_appointment_series"),
    )
    op.create_table(
        "appointments",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("series_id", sa.String(length=128), nullable=True),
        sa.Column("recurrence_at", INSTANT, nullable=True),
        sa.Column("provider_id", sa.String(length=128), nullable=False),
        sa.Column("patient_id", sa.String(length=128), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.String(length=128), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "status IN ('booked', 'fulfilled', 'noshow', 'cancelled')",
            name="status",
        ),
        sa.CheckConstraint("starts_at < ends_at", name="takes_time"),
        sa.ForeignKeyConstraint(
            ["series_id"], ["appointment_series.id"], name="fk_appointments_series_id"
        ),
        *(
            sa.ForeignKeyConstraint([column], ["users.id"], name=f"fk_appointments_{column}")
            for column in (*PEOPLE, "created_by")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_appointments"),
    )
    for name, columns in {
        "provider": ["provider_id", "starts_at", "id"],
        "patient": ["patient_id", "starts_at", "id"],
        "start": ["starts_at", "id"],
        "series": ["series_id", "recurrence_at"],
    }.items():
        op.create_index(f"ix_appointments_{name}", "appointments", columns)
    if op.get_bind().dialect.name == "sqlite":
        _refuse_overlaps_in_sqlite()
    else:
        _refuse_overlaps_in_postgresql()
    op.add_column(
        "telemedicine_sessions", sa.Column("appointment_id", sa.String(length=128), nullable=True)
    )
    op.create_index(
        "ix_telemedicine_sessions_appointment_id", "telemedicine_sessions", ["appointment_id"]
    )


def _refuse_overlaps_in_sqlite() -> None:
    """One writes at a time, so that what a trigger sees is what there is.

    Only those that began within a day before are looked at, so that a long calendar is not read
    each time; a longer appointment is refused.
    """
    overlaps = "\n".join(
        f"SELECT RAISE(ABORT, 'appointments of {person} overlap') "  # noqa: S608
        f"WHERE EXISTS (SELECT 1 FROM appointments WHERE {person} = NEW.{person} AND id <> NEW.id "
        "AND status = 'booked' AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at "
        "AND starts_at > datetime(NEW.starts_at, '-1 day'));"
        for person in PEOPLE
    )
    too_long = (
        "SELECT RAISE(ABORT, 'an appointment is longer than a day') "
        "WHERE julianday(NEW.ends_at) - julianday(NEW.starts_at) > 1;"
    )
    for name, when in {"insert": "INSERT", "update": f"UPDATE OF {MOVED}"}.items():
        op.execute(
            f"CREATE TRIGGER appointments_refuse_overlap_of_{name} BEFORE {when} ON appointments "
            f"WHEN NEW.status = 'booked' BEGIN {too_long} {overlaps} END"
        )


def _refuse_overlaps_in_postgresql() -> None:
    """Of an id the range of its hash stands for it: equality has no operator class of GiST without
    the extension btree_gist, which the server's role may not be allowed to add.
    """
    for person in PEOPLE:
        hashed = f"hashtextextended({person}, 0)"
        op.execute(
            f"ALTER TABLE appointments ADD CONSTRAINT ex_appointments_{person} EXCLUDE USING gist ("
            f"int8range({hashed}, {hashed}, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&"
            ") WHERE (status = 'booked')"
        )
