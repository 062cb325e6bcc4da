"""Whether the triggers are there that refuse to change what was written."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_CHANGES = {
    "sqlite": ("update", "delete", "replace"),
    "postgresql": ("update", "truncate"),  # that of updates refuses to delete as well
}
_THERE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')",
}
APPEND_ONLY = (
    "audit",
    "audit_leaves",
    "audit_tiles",
    "audit_checkpoints",
    "audit_cosignatures",
    "consents",
    "consent_texts",
    "legal_holds",
    "legal_hold_releases",
    "recording_requests",
    "recording_request_answers",
    "erasures",
    "files_deleted",
)
"""Tables whose rows are never changed, nor deleted; but for rows of the log whose time is over
(`expiry.py`).
"""


async def missing(tx: AsyncSession) -> Sequence[str]:
    """Names of triggers that somebody dropped or switched off."""
    dialect = tx.get_bind().dialect.name
    there = set(await tx.scalars(text(_THERE[dialect])))
    refusing = [
        f"{table}_refuses_{change}" for table in APPEND_ONLY for change in _CHANGES[dialect]
    ]
    return [name for name in (*refusing, "audit_waits") if name not in there]
