"""Whoever has one public key of the log finds those that followed it, and no others."""

from storage import audit
from storage.audit import AuditEvent
from storage.audit.note import Signer
from storage.audit.succession import ACTION, keys_from, statement
from storage.database import Database
from tests.storage.audit.logs import NOW, SIGNER

FIRST, SECOND, THIRD, THIEF = (Signer(SIGNER.name, bytes([n]) * 32) for n in range(4))


async def tell(database: Database, *statements: str) -> None:
    async with database.transaction() as tx:
        for said in statements:
            await audit.append(tx, AuditEvent(ACTION, NOW, detail={"statement": said}))


async def test_each_key_leads_to_the_next_by_its_own_signature(database: Database) -> None:
    forged = statement(THIEF, THIEF.verifier).replace(str(THIEF.verifier), str(FIRST.verifier), 1)
    await tell(
        database,
        forged,
        "nothing",
        statement(THIEF, THIRD.verifier),
        statement(FIRST, SECOND.verifier),
        statement(FIRST, THIEF.verifier),  # its time is over
        statement(SECOND, THIRD.verifier),
    )
    async with database.transaction() as tx:
        await audit.append(tx, AuditEvent(ACTION, NOW, detail={"statement": 7}))
        chain = await keys_from(tx, FIRST.verifier)
        assert chain == [FIRST.verifier, SECOND.verifier, THIRD.verifier]
        assert await keys_from(tx, SECOND.verifier) == [SECOND.verifier, THIRD.verifier]
        assert await keys_from(tx, SIGNER.verifier) == [SIGNER.verifier]
