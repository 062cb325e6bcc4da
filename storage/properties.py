"""What the database knows of its own installation: a few named values."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.insert import insert_unless_taken
from storage.models import Property

RECORDINGS_PLACE = "recordings_place"
"""What the marker file of the recordings folder holds."""
PROBED_AT = "probed_at"
"""When somebody last asked whether the database can be written."""


async def value(tx: AsyncSession, name: str) -> str | None:
    found = await tx.get(Property, name)
    return None if found is None else found.value


async def put(tx: AsyncSession, name: str, text: str) -> None:
    added = await insert_unless_taken(tx, Property, {"name": name, "value": text}, "name")
    if added is None:
        await tx.execute(update(Property).where(Property.name == name).values(value=text))
