"""Links by which somebody without an account gets into one call. Of the secret in a link, and of
the one in the browser that may come in again, only the SHA-256 is kept here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ids import new_id
from storage.models import Appointment, GuestLink, LoginSession, User
from storage.people import tokens
from storage.words import GuestChannel, Side


@dataclass(frozen=True)
class Found:
    """A link, whom it lets in, and the appointment it is for, if it is for one."""

    link: GuestLink
    user: User
    appointment: Appointment | None


async def add(  # noqa: PLR0913 - one argument a column, each by its name
    tx: AsyncSession,
    *,
    user_id: str,
    side: Side,
    channel: GuestChannel,
    address: str | None,
    language: str | None,
    by: str,
    now: datetime,
    appointment_id: str | None = None,
    room_id: str | None = None,
    expires_at: datetime | None = None,
) -> GuestLink:
    """One that has no secret yet, so that nobody gets in by it."""
    link = GuestLink(
        id=new_id(),
        user_id=user_id,
        side=side,
        appointment_id=appointment_id,
        room_id=room_id,
        channel=channel,
        address=address,
        language=language,
        created_at=now,
        created_by=by,
        expires_at=expires_at,
    )
    tx.add(link)
    await tx.flush()
    return link


async def renew(tx: AsyncSession, link: GuestLink) -> str:
    """A new secret, which is kept nowhere; an earlier one counts no longer."""
    token = tokens.new()
    link.token_sha256 = tokens.sha256(token)
    await tx.flush()
    return token


async def by_token(tx: AsyncSession, token: str, *, lock: bool = False) -> Found | None:
    """Whatever became of it. `lock`: nobody else uses it until the transaction ends."""
    if lock:
        this = GuestLink.token_sha256 == tokens.sha256(token)
        await tx.execute(select(GuestLink.id).where(this).with_for_update())
    return await _found(tx, GuestLink.token_sha256 == tokens.sha256(token))


async def by_id(tx: AsyncSession, link_id: str) -> Found | None:
    """Whatever became of it."""
    return await _found(tx, GuestLink.id == link_id)


async def _found(tx: AsyncSession, condition: ColumnElement[bool]) -> Found | None:
    query = _links().where(condition).execution_options(populate_existing=True)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else Found(*row)


async def of_appointment(tx: AsyncSession, appointment_id: str) -> Sequence[Found]:
    """In the order in which they were made."""
    return await _all(tx, GuestLink.appointment_id == appointment_id)


async def of_room(tx: AsyncSession, room_id: str) -> Sequence[Found]:
    """Those into one call that runs, in the order in which they were made."""
    return await _all(tx, GuestLink.room_id == room_id)


async def _all(tx: AsyncSession, condition: ColumnElement[bool]) -> Sequence[Found]:
    query = _links().where(condition).order_by(GuestLink.created_at, GuestLink.id)
    return [Found(*row) for row in await tx.execute(query)]


def _links() -> Select[GuestLink, User, Appointment | None]:
    return (
        select(GuestLink, User, Appointment)
        .join(User, User.id == GuestLink.user_id)
        .outerjoin(Appointment, Appointment.id == GuestLink.appointment_id)
    )


async def end_of_room(tx: AsyncSession, room_id: str, at: datetime) -> None:
    """Its call is over: the links into it let nobody in from then on."""
    await tx.execute(update(GuestLink).where(GuestLink.room_id == room_id).values(expires_at=at))


async def revoke(tx: AsyncSession, link: GuestLink, now: datetime) -> bool:
    """Nobody gets in by it any more, and who has is signed out; whether it still counted."""
    if link.revoked_at is not None:
        return False
    link.revoked_at = now
    theirs = LoginSession.guest_link_id == link.id, LoginSession.revoked_at.is_(None)
    await tx.execute(update(LoginSession).where(*theirs).values(revoked_at=now))
    return True


async def revoked(tx: AsyncSession, link_ids: Collection[str]) -> set[str]:
    """Those of the links by which nobody may be here any more."""
    query = select(GuestLink.id).where(
        GuestLink.id.in_(link_ids), GuestLink.revoked_at.is_not(None)
    )
    return set(await tx.scalars(query))
