"""What the database knows of its own installation: a few named values."""

from sqlalchemy import BigInteger, Text, cast, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Property
from storage.rows.insert import insert_unless_taken

RECORDINGS_PLACE = "recordings_place"
"""What the marker file of the recordings folder holds."""
RECORDINGS_BUCKET = "recordings_bucket"
"""What the marker object of the recordings' bucket holds."""
PROBED_AT = "probed_at"
"""When somebody last asked whether the database can be written."""
FENCE = "fence"
"""How often a server was started on this database."""
RETENTION = "retention"
"""How long recordings are kept, and since when that holds: see `signaling/recordings/policy.py`."""
RETENTION_SEEN = "retention_seen"
"""What the clock said when somebody last looked for what has expired by it."""
AUDIT_RETENTION = "audit_retention"
"""How long rows of the audit log are kept: see `signaling/audit/retention.py`."""
AUDIT_RETENTION_SEEN = "audit_retention_seen"
"""What the clock said when somebody last looked for rows that have expired by it."""
AUDIT_KEY = "audit_key"
"""The public key that checkpoints of the audit log are signed with."""

RECORDING_KEY = "recording_key"
"""Which key wraps those of new recordings; none before the first recording."""
KEY_ROTATION = "recording_key_rotation"
"""The rotation that is not finished, if one is: see `storage/recordings/recording_keys.py`."""
CLINICAL_KEY = "clinical_key"
"""Which key wraps those of new clinical records, where recordings have one that is sealed."""
CLINICAL_KEY_ROTATION = "clinical_key_rotation"
"""Its rotation that is not finished, if one is."""
AUDIT_KEYS_BEFORE = "audit_keys_before"
"""The public keys that they were signed with before that, oldest first."""
AUDIT_RESTORED = "audit_restored"
"""Set after a restored backup, until the log has a key with a name of its own."""
MAX_NAME = 64
CONFIGURATION = "configuration"
"""What the server that started last was configured with, but for secrets, as JSON."""


def place_of(node_id: str | None) -> str:
    """Where each server has a folder of its own: what the marker file in it holds."""
    return f"{RECORDINGS_PLACE}:{node_id}"[:MAX_NAME]


def sealing_key(key_id: str) -> str:
    """Where the whole digest is of the public key with that id, which was seen first."""
    return f"sealing_key:{key_id}"


async def value(tx: AsyncSession, name: str) -> str | None:
    found = await tx.get(Property, name)
    return None if found is None else found.value


async def put(tx: AsyncSession, name: str, text: str) -> None:
    added = await insert_unless_taken(tx, Property, {"name": name, "value": text}, "name")
    if added is None:
        await tx.execute(update(Property).where(Property.name == name).values(value=text))


async def put_first(tx: AsyncSession, name: str, text: str) -> str:
    """The value that was put first, this one or somebody else's."""
    await insert_unless_taken(tx, Property, {"name": name, "value": text}, "name")
    return await value(tx, name) or text


async def hold_first(tx: AsyncSession, name: str, text: str) -> str:
    """The same, and nobody changes it before the transaction ends."""
    await insert_unless_taken(tx, Property, {"name": name, "value": text}, "name")
    query = select(Property.value).where(Property.name == name).with_for_update(read=True)
    return (await tx.execute(query)).scalar_one()


async def remove(tx: AsyncSession, name: str) -> None:
    statement = delete(Property).where(Property.name == name)
    await tx.execute(statement.execution_options(synchronize_session=False))


async def count_up(tx: AsyncSession, name: str) -> int:
    """1, then 2, and so on: no two transactions get the same number."""
    if await insert_unless_taken(tx, Property, {"name": name, "value": "1"}, "name") is not None:
        return 1
    more = cast(cast(Property.value, BigInteger) + 1, Text)
    statement = (
        update(Property).where(Property.name == name).values(value=more).returning(Property.value)
    )
    return int(
        (await tx.execute(statement.execution_options(synchronize_session=False))).scalar_one()
    )
