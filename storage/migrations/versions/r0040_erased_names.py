"""Of recordings that were erased before, nobody's name is left in the gaps either."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

RECORDINGS = sa.table("recordings", sa.column("id"), sa.column("state"), sa.column("gaps", sa.JSON))


def upgrade() -> None:
    of_erased = RECORDINGS.c.state == "erased", RECORDINGS.c.gaps.is_not(None)
    named = sa.select(RECORDINGS.c.id, sa.cast(RECORDINGS.c.gaps, sa.Text)).where(*of_erased)
    for recording_id, stored in op.get_bind().execute(named).all():
        op.get_bind().execute(
            sa.update(RECORDINGS)
            .where(RECORDINGS.c.id == recording_id)
            .values(gaps=_without_names(stored))
        )


def _without_names(stored: str | None) -> list[dict[str, object]] | sa.Null:
    """What somebody else has broken is gone with them."""
    try:
        found = json.loads(stored or "")
    except ValueError:
        return sa.null()
    if not isinstance(found, list) or not all(isinstance(gap, dict) for gap in found):
        return sa.null()
    return [{**gap, "requests": []} for gap in found]
