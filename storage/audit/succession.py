"""One key after another: a row of the log itself says which key signs it from there on, and holds a
note about that which the key before has signed. So whoever has one public key finds the next ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.audit import note
from storage.audit.note import Signer, Verifier
from storage.errors import InvalidNote
from storage.models import AuditRow
from storage.words import AuditAction

ACTION: AuditAction = "audit.key_changed"
FIRST_LINE = "carelay/audit key succession v1"


class _Detail(msgspec.Struct):
    statement: str | None = None


def statement(before: Signer, after: Verifier) -> str:
    """The note: a first line, the key that signs it, and the one that comes after it."""
    return before.sign(f"{FIRST_LINE}\n{before.verifier}\n{after}\n").data.decode()


def successor(text: str, key: Verifier) -> Verifier | None:
    """Which key follows this one; none if the note is about another one.

    Raises InvalidNote if it is none of that key's.
    """
    found = note.parse(text.encode(errors="replace"))
    lines = found.text.split("\n")
    if len(lines) != 4 or lines[0] != FIRST_LINE or lines[1] != str(key):
        return None
    key.open(found)
    return Verifier.parse(lines[2])


@dataclass(frozen=True)
class Succession:
    """The key that came after another one, and the note of that one which says so."""

    key: Verifier
    statement: str


async def keys_from(tx: AsyncSession, first: Verifier) -> Sequence[Verifier]:
    """That key and those that followed it, by the statements in the log that they have signed."""
    return [first, *(each.key for each in await successions(tx, first))]


async def successions(tx: AsyncSession, first: Verifier) -> Sequence[Succession]:
    """What followed that key.

    What else somebody wrote there is passed over: a statement without the signature is nothing.
    """
    found: list[Succession] = []
    details = select(AuditRow.detail).where(AuditRow.action == ACTION).order_by(AuditRow.id)
    for detail in await tx.scalars(details):
        before = found[-1].key if found else first
        try:
            said = msgspec.json.decode(detail, type=_Detail).statement
            after = successor(said, before) if said else None
        except (msgspec.DecodeError, InvalidNote):
            continue
        if said is not None and after is not None:
            found.append(Succession(after, said))
    return found
