"""Looking through the log, which is an event of its own: what somebody asked for is in it before
the first row is handed out.
"""

import hashlib
from typing import get_args

import msgspec

from signaling.audit import fhir, views
from signaling.audit.asked import Asked
from signaling.audit.export import MEDIA_TYPES, Export, ExportFormat
from signaling.audit.resources import AuditPage, AuditPeople, AuditPerson
from signaling.audit.verification import LogKey
from signaling.config import Config
from signaling.kernel.actor import Actor
from signaling.kernel.auditing import entry
from signaling.kernel.clock import Clock
from signaling.kernel.content import Document
from signaling.kernel.errors import Conflict, NotFound, Unavailable
from signaling.kernel.repeats import Repeats
from signaling.kernel.words import Role
from storage import audit
from storage.audit import Detail, listing, proving
from storage.database import Database
from storage.errors import InvalidNote, KeyFileError, NotSignedYet, RowExpired
from storage.people import search

MOST_PEOPLE = 20
PROOF = "application/vnd.c2sp.tlog-proof"


class AuditLog:
    """What compliance reads of it; the routes know that nobody else does."""

    def __init__(
        self, database: Database, key: LogKey, config: Config, repeats: Repeats, clock: Clock
    ) -> None:
        self._database = database
        self._config = config
        self._key = key
        self._repeats = repeats
        self._clock = clock

    async def page(self, actor: Actor, asked: Asked, cursor: str | None) -> AuditPage:
        """Rows, newest first. Who reads on within a minute adds to one row, and not one each.

        Raises Invalid, InvalidCursor, InvalidLog.
        """
        wanted = asked.filter
        async with self._database.reading() as tx:
            page = await listing.newest(tx, wanted, cursor)
        detail: Detail = {**asked.detail, "rows": len(page.items)}
        event = entry("audit.read", self._clock.now(), actor, detail=detail)
        await self._repeats.append(event, f"{actor.user_id} {_fingerprint(asked)}", adds="rows")
        return AuditPage(
            entries=[views.listed(found) for found in page.items], next_cursor=page.next_cursor
        )

    async def people(self, name: str, role: Role | None = None) -> AuditPeople:
        """Some who are called that, with what tells them apart; those of a role, if one is given.
        Guests, and those whose accounts are disabled, are among them.
        """
        wanted = search.Wanted(name, [role] if role else get_args(Role), demo=True)
        async with self._database.reading() as tx:
            page = await search.people(tx, wanted, limit=MOST_PEOPLE)
        return AuditPeople(
            people=[
                AuditPerson(
                    user_id=found.user.id,
                    name=found.user.name,
                    role=found.user.role,
                    birth_date=found.birth_date,
                    email=found.user.email,
                )
                for found in page.items
            ]
        )

    async def export(self, actor: Actor, asked: Asked, form: ExportFormat) -> Export:
        """All rows that were asked for, in a stream; written down before its first."""
        wanted, now = asked.filter, self._clock.now()
        detail: Detail = {**asked.detail, "form": form}
        async with self._database.transaction() as tx:
            await audit.append(tx, entry("audit.exported", now, actor, detail=detail))
        return Export(
            media_type=MEDIA_TYPES[form],
            download_name=f"audit-{now:%Y-%m-%d}-{form}.ndjson",
            database=self._database,
            wanted=wanted,
            form=form,
            source=fhir.source(self._config, self._key.name),
        )

    async def proof(self, actor: Actor, row: int) -> Document:
        """That a row is in the log, for whoever has its public key; written down before."""
        try:
            verifier, cosigners = self._key.verifier, self._key.cosigners
            async with self._database.reading() as tx:
                found = await proving.of_row(tx, row, verifier, cosigners)
        except NotSignedYet:
            raise Conflict("audit_entry_not_signed") from None
        except RowExpired:
            raise Conflict("audit_entry_expired") from None
        except (KeyFileError, InvalidNote):
            raise Unavailable("audit_key_missing") from None
        if found is None:
            raise NotFound("unknown_audit_entry")
        detail: Detail = {"form": "proof", "row": row}
        event = entry("audit.exported", self._clock.now(), actor, detail=detail)
        async with self._database.transaction() as tx:
            await audit.append(tx, event)
        return Document(
            tag=hashlib.sha256(found.data).hexdigest(),
            media_type=PROOF,
            download_name=f"row-{row}.tlog-proof",
            data=found.data,
        )


def _fingerprint(asked: Asked) -> str:
    """The same of the same question."""
    return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()[:16]
