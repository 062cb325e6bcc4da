"""What a practice has on record of its patients, beside who they are (`users`).

The words and their shapes are those of FHIR R4's Patient, as far as a practice asks for them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import shapes
from storage.models import Patient, User


@dataclass(frozen=True)
class Contact:
    """Whom to reach when the patient is in danger (`Patient.contact`)."""

    name: str
    phone: str
    relationship: str | None = None


@dataclass(frozen=True)
class Record:
    """All of it. What nobody has said is none."""

    name: str
    pronouns: str | None = None
    birth_date: date | None = None
    language: str | None = None
    """Preferred one, as a BCP 47 tag."""
    time_zone: str | None = None
    """By its name in the IANA database."""
    phone: str | None = None
    """E.164."""
    email: str | None = None
    contact: Contact | None = None
    address: Sequence[str] = field(default=())
    """Where they usually are during a call, in lines."""


async def record(tx: AsyncSession, user: User) -> Record:
    """Of a patient; only the name of one of whom nothing was recorded."""
    row = await tx.get(Patient, user.id)
    if row is None:
        return Record(name=user.name, email=user.email)
    return Record(
        name=user.name,
        pronouns=row.pronouns,
        birth_date=row.birth_date,
        language=row.language,
        time_zone=row.time_zone,
        phone=row.phone,
        email=user.email,
        contact=_contact(row),
        address=tuple(shapes.read(row, "address", list[str]) or ()),
    )


async def birth_dates(tx: AsyncSession, user_ids: Collection[str]) -> Mapping[str, date]:
    """Of those of whom it is known."""
    query = select(Patient.user_id, Patient.birth_date).where(Patient.user_id.in_(user_ids))
    return {user_id: born for user_id, born in await tx.execute(query) if born is not None}


async def put(tx: AsyncSession, user: User, new: Record, *, now: datetime) -> Sequence[str]:
    """In place of what there is; returns the names of what is another now.

    When the date of birth was learned is kept, because how long recordings are kept follows it.
    """
    before = await record(tx, user)
    changed = [name for name in Record.__dataclass_fields__ if _differs(before, new, name)]
    if not changed:
        return changed
    row = await tx.get(Patient, user.id)
    if row is None:
        row = Patient(user_id=user.id)
        tx.add(row)
    user.name, user.email = new.name, new.email
    row.pronouns, row.language, row.time_zone = new.pronouns, new.language, new.time_zone
    row.phone, row.address = new.phone, list(new.address)
    contact = new.contact
    row.contact_name = contact.name if contact else None
    row.contact_phone = contact.phone if contact else None
    row.contact_relationship = contact.relationship if contact else None
    if "birth_date" in changed:
        row.birth_date, row.birth_date_noted_at = new.birth_date, now
    row.updated_at = now
    await tx.flush()
    return changed


def _differs(one: Record, other: Record, name: str) -> bool:
    before, after = getattr(one, name), getattr(other, name)
    return list(before) != list(after) if name == "address" else before != after


def _contact(row: Patient) -> Contact | None:
    if row.contact_name is None or row.contact_phone is None:
        return None
    return Contact(row.contact_name, row.contact_phone, row.contact_relationship)
