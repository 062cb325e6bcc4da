"""Who can sign in, and the patients a provider can call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.errors import UserConflict, UsernameTaken
from storage.ids import new_id
from storage.insert import insert_unless_taken
from storage.models import Role, TelemedicineSession, User


@dataclass(frozen=True)
class PatientSummary:
    user: User
    last_call_at: datetime | None
    """When the last call that was answered began."""


async def create(
    tx: AsyncSession, *, username: str, name: str, role: Role, password_hash: str, now: datetime, demo: bool = False
) -> User:
    """A user who signs in with a password; the caller has hashed it. Raises UsernameTaken."""
    values = {
        "id": new_id(),
        "username": username,
        "name": name,
        "role": role,
        "password_hash": password_hash,
        "source": "local",
        "demo": demo,
        "disabled": False,
        "created_at": now,
    }
    user = await insert_unless_taken(tx, User, values, "username")
    if user is None:
        raise UsernameTaken(f"The user name {username!r} is taken.")
    return user


async def ensure(tx: AsyncSession, user_id: str, *, role: Role, name: str, now: datetime) -> User:
    """The user a valid token speaks of, made on first sight; role and name follow the token. Raises UserConflict."""
    user = await by_id(tx, user_id)
    if user is None:
        values = {"id": user_id, "name": name, "role": role, "source": "token", "created_at": now}
        await insert_unless_taken(tx, User, {**values, "demo": False, "disabled": False}, "id")
        user = await tx.get_one(User, user_id)  # ours, or that of another socket of the user at the same moment
    if user.source != "token":
        raise UserConflict("The token's subject is the id of a user who signs in with a password here.")
    user.role, user.name = role, name
    return user


async def by_id(tx: AsyncSession, user_id: str) -> User | None:
    return await tx.get(User, user_id)


async def by_username(tx: AsyncSession, username: str) -> User | None:
    return await tx.scalar(select(User).where(User.username == username))


async def list_patients(tx: AsyncSession) -> Sequence[PatientSummary]:
    """Every patient who can be called, by name."""
    last_call = (
        select(TelemedicineSession.patient_id, func.max(TelemedicineSession.started_at).label("at"))
        .group_by(TelemedicineSession.patient_id)
        .subquery()
    )
    rows = await tx.execute(
        select(User, last_call.c.at)
        .outerjoin(last_call, last_call.c.patient_id == User.id)
        .where(User.role == "patient", User.disabled.is_(False))
        .order_by(User.name, User.id)
    )
    return [PatientSummary(user, last_call_at) for user, last_call_at in rows]
