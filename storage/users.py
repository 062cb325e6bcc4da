"""Who can sign in. Whom of them somebody may know of is told by signaling/identity/scope.py."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import login_devices, login_sessions, playback_grants
from storage.errors import StaleToken, UserConflict, UsernameTaken
from storage.ids import new_id
from storage.insert import insert_unless_taken
from storage.models import TelemedicineSession, User
from storage.words import Role

LOAD_NAME = "Load test"
"""What the names of all load accounts begin with."""
LOAD_USERNAME = "load/"
"""What their user names begin with, and no person's: `carelay users add` refuses the slash."""


@dataclass(frozen=True)
class PatientSummary:
    user: User
    last_call_at: datetime | None
    """When the last call that was answered began."""


async def create(
    tx: AsyncSession,
    *,
    username: str,
    name: str,
    role: Role,
    password_hash: str,
    now: datetime,
    demo: bool = False,
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


async def ensure(
    tx: AsyncSession,
    user_id: str,
    *,
    role: Role,
    name: str,
    now: datetime,
    issued_at: datetime | None = None,
) -> User:
    """The user a valid token speaks of, made on first sight; role and name follow the token issued last.

    Raises UserConflict, or StaleToken if a newer token gave the user another role.
    """
    user = await by_id(tx, user_id)
    if user is None:
        values = {"id": user_id, "name": name, "role": role, "source": "token", "created_at": now}
        await insert_unless_taken(tx, User, {**values, "demo": False, "disabled": False}, "id")
        user = await tx.get_one(
            User, user_id
        )  # ours, or that of another socket of the user at the same moment
    if user.source != "token":
        raise UserConflict(
            "The token's subject is the id of a user who signs in with a password here."
        )
    newest = user.token_issued_at
    if issued_at is not None and newest is not None and issued_at < newest:
        if user.role != role:
            raise StaleToken("A newer token gave this user another role.")
        return user
    if user.role != role:
        await playback_grants.revoke_all(tx, user.id, now=now)
    user.role, user.name, user.token_issued_at = role, name, issued_at or newest
    return user


async def disable(tx: AsyncSession, user: User, *, now: datetime) -> None:
    """The user cannot sign in, nor be called; what was signed in ends."""
    user.disabled = True
    await end_sign_ins(tx, user, now=now)


async def end_sign_ins(tx: AsyncSession, user: User, *, now: datetime) -> None:
    """On all devices, none of which is known any more; nothing that was opened for them counts on."""
    await login_sessions.end_all(tx, user.id)
    await playback_grants.revoke_all(tx, user.id, now=now)
    await login_devices.forget_all(tx, user.id)


async def everybody(tx: AsyncSession) -> Sequence[User]:
    """By name; those of the demo and of load tests, too."""
    return (await tx.scalars(select(User).order_by(User.name, User.id))).all()


async def roles(tx: AsyncSession, user_ids: Collection[str]) -> dict[str, Role]:
    """The role of each of them as it is now, without those who are disabled or gone."""
    rows = await tx.execute(
        select(User.id, User.role).where(User.id.in_(user_ids), User.disabled.is_(False))
    )
    return dict(rows.all())


async def by_id(tx: AsyncSession, user_id: str) -> User | None:
    return await tx.get(User, user_id)


async def by_ids(tx: AsyncSession, user_ids: Collection[str]) -> Sequence[User]:
    """In no order; ids of nobody are passed over."""
    return (await tx.scalars(select(User).where(User.id.in_(user_ids)))).all()


async def by_username(tx: AsyncSession, username: str) -> User | None:
    return await tx.scalar(select(User).where(User.username == username))


def is_load_account(user: User) -> bool:
    """Nobody: made for `carelay load`. Users of a host platform have no user name here; their display name tells."""
    if user.source == "token":
        return user.name.startswith(LOAD_NAME)
    return user.username is not None and user.username.startswith(LOAD_USERNAME)


async def of_roles(tx: AsyncSession, roles: Collection[Role]) -> Sequence[User]:
    """Everybody with one of those roles who can sign in, by name."""
    query = select(User).where(User.role.in_(roles), User.disabled.is_(False))
    return (await tx.scalars(query.order_by(User.name, User.id))).all()


async def list_patients(tx: AsyncSession) -> Sequence[PatientSummary]:
    """Every patient who can sign in, by name."""
    last_call = (
        select(TelemedicineSession.started_at)
        .where(
            TelemedicineSession.patient_id == User.id, TelemedicineSession.started_at.is_not(None)
        )
        .order_by(TelemedicineSession.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = await tx.execute(
        select(User, last_call)
        .where(User.role == "patient", User.disabled.is_(False))
        .order_by(User.name, User.id)
    )
    return [PatientSummary(user, at) for user, at in rows]
