"""Signed-in browsers: an opaque token in a cookie, of which only the SHA-256 is kept here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Appointment, GuestLink, LoginSession, User
from storage.people import tokens

LONGEST_GRACE = timedelta(hours=25)
"""As the longest call that can be configured, extended by as much as can be."""


@dataclass(frozen=True)
class Holder:
    """Whose a token is, and until when it counts."""

    user: User
    expires_at: datetime
    link: GuestLink | None = None
    """By which they came, if they have no account."""
    appointment: Appointment | None = None
    """For which that link is."""


async def create(
    tx: AsyncSession,
    user_id: str,
    *,
    now: datetime,
    expires_at: datetime,
    mark: str = "",
    guest_link_id: str | None = None,
) -> str:
    """Returns the token for the cookie, which begins with `mark`. `guest_link_id`: the link by
    which they came, beyond which they see nothing.

    Removes on the way the user's that no grace revives.
    """
    token = tokens.new(mark)
    await tx.execute(
        delete(LoginSession).where(
            LoginSession.user_id == user_id, LoginSession.expires_at <= now - LONGEST_GRACE
        )
    )
    tx.add(
        LoginSession(
            token_sha256=tokens.sha256(token),
            user_id=user_id,
            created_at=now,
            expires_at=expires_at,
            guest_link_id=guest_link_id,
        )
    )
    return token


async def find(
    tx: AsyncSession, token: str, *, now: datetime, grace: timedelta = timedelta()
) -> Holder | None:
    """Who holds this token; none if it is unknown, revoked or expired since `grace`,
    or the user is disabled.
    """
    row = (
        await tx.execute(
            select(User, LoginSession.expires_at, GuestLink, Appointment)
            .join(LoginSession, LoginSession.user_id == User.id)
            .outerjoin(GuestLink, GuestLink.id == LoginSession.guest_link_id)
            .outerjoin(Appointment, Appointment.id == GuestLink.appointment_id)
            .where(
                LoginSession.token_sha256 == tokens.sha256(token),
                LoginSession.expires_at > now - grace,
                LoginSession.revoked_at.is_(None),
                User.disabled.is_(False),
            )
        )
    ).one_or_none()
    return None if row is None else Holder(*row)


async def ended(tx: AsyncSession, asked: Collection[str]) -> set[str]:
    """Those of the tokens asked for that count no longer: signed out, or ended for their user."""
    by_hash = {tokens.sha256(token): token for token in asked}
    stands = LoginSession.token_sha256.in_(by_hash), LoginSession.revoked_at.is_(None)
    standing = await tx.scalars(select(LoginSession.token_sha256).where(*stands))
    return set(by_hash.values()) - {by_hash[found] for found in standing}


async def revoke(tx: AsyncSession, token: str, *, now: datetime) -> None:
    """Sign out. Unknown tokens are ignored."""
    this = LoginSession.token_sha256 == tokens.sha256(token)
    await tx.execute(
        update(LoginSession).where(this, LoginSession.revoked_at.is_(None)).values(revoked_at=now)
    )


async def end_all(tx: AsyncSession, user_id: str) -> None:
    """Sign the user out everywhere, for good:
    enabling a disabled user brings no old sign-in back.
    """
    await tx.execute(delete(LoginSession).where(LoginSession.user_id == user_id))
