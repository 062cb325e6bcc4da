"""How long calls took, in seconds; minutes become those completed instead of those begun."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SESSIONS = sa.table(
    "telemedicine_sessions",
    sa.column("id", sa.String),
    sa.column("started_at", sa.DateTime(timezone=True)),
    sa.column("ended_at", sa.DateTime(timezone=True)),
    sa.column("duration_seconds", sa.Integer),
    sa.column("duration_minutes", sa.Integer),
)

_DURATIONS: Any = {name: sa.bindparam(name) for name in ("duration_seconds", "duration_minutes")}


def upgrade() -> None:
    op.add_column(
        "telemedicine_sessions", sa.Column("duration_seconds", sa.Integer(), nullable=True)
    )
    connection = op.get_bind()
    over = sa.select(SESSIONS.c.id, SESSIONS.c.started_at, SESSIONS.c.ended_at).where(
        SESSIONS.c.ended_at.is_not(None)
    )
    durations = [_duration(*row) for row in connection.execute(over)]
    if durations:
        this = SESSIONS.c.id == sa.bindparam("this")
        connection.execute(sa.update(SESSIONS).where(this).values(_DURATIONS), durations)


def _duration(this: str, started_at: datetime | None, ended_at: datetime) -> dict[str, str | int]:
    seconds = int((ended_at - started_at).total_seconds()) if started_at else 0
    return {"this": this, "duration_seconds": seconds, "duration_minutes": seconds // 60}
