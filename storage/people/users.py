"""Who can sign in. Whom of them somebody may know of is told by signaling/identity/scope.py."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage.errors import StaleToken, UserConflict, UsernameTaken
from storage.ids import new_id
from storage.models import CalendarFeed, Patient, TelemedicineSession, User
from storage.people import login_devices, login_sessions, playback_grants, push_subscriptions
from storage.rows.insert import insert_unless_taken
from storage.words import LOCAL_ISSUER, Role

LOAD_NAME = "Load test"
"""What the names of all load accounts begin with."""
LOAD_USERNAME = "load/"
"""What their user names begin with, and no person's: `carelay users add` refuses the slash."""


@dataclass(frozen=True)
class PatientSummary:
    user: User
    birth_date: date | None
    last_call_at: datetime | None
    """When the last call that was answered began."""


async def create(
    tx: AsyncSession,
    *,
    username: str | None = None,
    name: str,
    role: Role,
    password_hash: str | None = None,
    now: datetime,
    demo: bool = False,
) -> User:
    """A user of this server's own, who signs in with a password once they have both a user name and
    one; the caller has hashed it. Raises UsernameTaken.
    """
    user_id = new_id()
    values = {
        "id": user_id,
        "issuer": LOCAL_ISSUER,
        "subject": user_id,  # for good, which a user name is not
        "username": username,
        "name": name,
        "role": role,
        "password_hash": password_hash,
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
    issuer: str,
    subject: str,
    *,
    role: Role,
    name: str,
    now: datetime,
    issued_at: datetime | None = None,
) -> User:
    """The user a valid token speaks of, made on first sight; role
    and name follow the token issued last.

    The subject is the id as well, since the platform knows no other. Raises UserConflict if that
    is a local account's, or that of another issuer's person; StaleToken if a newer token gave the
    user another role.
    """
    if issuer == LOCAL_ISSUER:
        raise UserConflict("No token speaks of a user who signs in with a password here.")
    user = await by_subject(tx, issuer, subject)
    if user is None:
        values = {"id": subject, "issuer": issuer, "subject": subject, "name": name, "role": role}
        await insert_unless_taken(
            tx, User, {**values, "demo": False, "disabled": False, "created_at": now}, "id"
        )
        # Ours, or another socket's of the user at the same moment.
        user = await by_subject(tx, issuer, subject)
    if user is None:
        raise UserConflict("The token's subject is the id of another user.")
    newest = user.token_issued_at
    if issued_at is not None and newest is not None and issued_at < newest:
        if user.role != role:
            raise StaleToken("A newer token gave this user another role.")
        return user
    if user.role != role:
        await playback_grants.revoke_all(tx, user.id, now=now)
    user.role, user.name, user.token_issued_at = role, name, issued_at or newest
    return user


async def adopt(tx: AsyncSession, issuer: str) -> int:
    """Everybody whose issuer is not known is that one's from now on;
    returns how many there were.
    """
    adopted = update(User).where(User.issuer.is_(None)).values(issuer=issuer).returning(User.id)
    return len((await tx.scalars(adopted)).all())


async def rename_issuer(tx: AsyncSession, before: str, issuer: str) -> Sequence[User]:
    """The same people, whose platform calls itself something else now.

    Raises UserConflict, with nothing changed, if two would become one.
    """
    renamed = await of_issuer(tx, before)
    there = {user.subject for user in await of_issuer(tx, issuer)}
    if any(user.subject in there for user in renamed):
        raise UserConflict(
            "Both issuers have a user with the same subject, who would become one person."
        )
    for user in renamed:
        user.issuer = issuer
    return renamed


def set_details(user: User, *, name: str, email: str | None) -> Sequence[str]:
    """What others see of them; returns the names of what is another now."""
    changed = [
        column for column, new in (("name", name), ("email", email)) if getattr(user, column) != new
    ]
    user.name, user.email = name, email
    return changed


async def rename(tx: AsyncSession, user: User, username: str) -> None:
    """Another user name. Raises UsernameTaken, also if it is taken at the same moment, and then the
    transaction is over.
    """
    user.username = username
    try:
        await tx.flush()
    except IntegrityError:
        raise UsernameTaken(f"The user name {username!r} is taken.") from None


async def disable(tx: AsyncSession, user: User, *, now: datetime) -> None:
    """The user cannot sign in, nor be called; what was signed in ends."""
    user.disabled = True
    await end_sign_ins(tx, user, now=now)


async def end_sign_ins(tx: AsyncSession, user: User, *, now: datetime) -> None:
    """On all devices, none of which is known any more; nothing that was opened for them counts on,
    nor does the private address of their calendar.
    """
    await login_sessions.end_all(tx, user.id)
    await tx.execute(delete(CalendarFeed).where(CalendarFeed.provider_id == user.id))
    await playback_grants.revoke_all(tx, user.id, now=now)
    await login_devices.forget_all(tx, user.id)
    await push_subscriptions.forget_all(tx, user.id)


async def everybody(tx: AsyncSession) -> Sequence[User]:
    """By name; those of the demo and of load tests, too."""
    return (await tx.scalars(select(User).order_by(User.name, User.id))).all()


async def administrators(tx: AsyncSession, *, demo: bool) -> Sequence[User]:
    """Those who can sign in, with a password or from their platform; nobody else changes one of
    them through this function until the transaction ends. `demo`: those of the demo, too.
    """
    query = select(User).where(
        User.role == "admin",
        User.disabled.is_(False),
        or_(User.password_hash.is_not(None), User.issuer != LOCAL_ISSUER),
    )
    found = await tx.scalars(query.order_by(User.id).with_for_update())
    return [user for user in found if (demo or not user.demo) and not is_load_account(user)]


async def roles(tx: AsyncSession, user_ids: Collection[str]) -> dict[str, Role]:
    """The role of each of them as it is now, without those who are disabled or gone."""
    rows = await tx.execute(
        select(User.id, User.role).where(User.id.in_(user_ids), User.disabled.is_(False))
    )
    return dict(rows.all())


async def by_id(tx: AsyncSession, user_id: str, *, lock: bool = False) -> User | None:
    """`lock`: nobody else changes them through this function until the transaction ends."""
    if lock:
        return await tx.get(User, user_id, with_for_update=True, populate_existing=True)
    return await tx.get(User, user_id)


async def by_subject(tx: AsyncSession, issuer: str, subject: str) -> User | None:
    """Who the issuer calls that."""
    return await tx.scalar(select(User).where(User.issuer == issuer, User.subject == subject))


async def issuers(tx: AsyncSession) -> dict[str, int]:
    """Who vouches for anybody, and for how many."""
    rows = await tx.execute(
        select(User.issuer, func.count()).where(User.issuer.is_not(None)).group_by(User.issuer)
    )
    return {issuer: count for issuer, count in rows if issuer is not None}


async def of_issuer(tx: AsyncSession, issuer: str) -> Sequence[User]:
    """Everybody whom it vouches for, by subject."""
    return (
        await tx.scalars(select(User).where(User.issuer == issuer).order_by(User.subject))
    ).all()


async def by_ids(tx: AsyncSession, user_ids: Collection[str]) -> Sequence[User]:
    """In no order; ids of nobody are passed over."""
    return (await tx.scalars(select(User).where(User.id.in_(user_ids)))).all()


async def by_username(tx: AsyncSession, username: str) -> User | None:
    return await tx.scalar(select(User).where(User.username == username))


def is_load_account(user: User) -> bool:
    """Nobody: made for `carelay load`.

    Users of a host platform have no user name here; their display name tells.
    """
    if user.issuer != LOCAL_ISSUER:
        return user.name.startswith(LOAD_NAME)
    return user.username is not None and user.username.startswith(LOAD_USERNAME)


async def of_roles(tx: AsyncSession, roles: Collection[Role]) -> Sequence[User]:
    """Everybody with one of those roles who can sign in, by name."""
    query = select(User).where(User.role.in_(roles), User.disabled.is_(False))
    return (await tx.scalars(query.order_by(User.name, User.id))).all()


async def list_patients(
    tx: AsyncSession, ids: Collection[str] | None = None
) -> Sequence[PatientSummary]:
    """Every patient who can sign in, or those of them with such an id, by name."""
    last_call = (
        select(TelemedicineSession.started_at)
        .where(
            TelemedicineSession.patient_id == User.id, TelemedicineSession.started_at.is_not(None)
        )
        .order_by(TelemedicineSession.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(User, Patient.birth_date, last_call)
        .outerjoin(Patient, Patient.user_id == User.id)
        .where(User.role == "patient", User.disabled.is_(False))
    )
    if ids is not None:
        query = query.where(User.id.in_(ids))
    rows = await tx.execute(query.order_by(User.name, User.id))
    return [PatientSummary(*row) for row in rows]
