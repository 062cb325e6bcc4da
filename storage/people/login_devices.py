"""Browsers that somebody signed in with before: an opaque token in a cookie, of
which only the SHA-256 is kept here.

A token opens nothing. It only tells an owner's browser from those of strangers who guess at the
same account.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import LoginDevice, User
from storage.people import tokens

LIFETIME = timedelta(days=180)
"""Since the last sign-in."""
MOST_OF_A_USER = 20


async def is_known(tx: AsyncSession, token: str, username: str, *, now: datetime) -> bool:
    """Whether that user signed in with the device, not too long ago."""
    found = await tx.scalar(
        select(LoginDevice.user_id)
        .join(User, User.id == LoginDevice.user_id)
        .where(
            LoginDevice.token_sha256 == tokens.sha256(token),
            LoginDevice.used_at > now - LIFETIME,
            User.username == username,
        )
    )
    return found is not None


async def remember(
    tx: AsyncSession, token: str, user_id: str, *, now: datetime, mark: str = ""
) -> str:
    """The user signed in with the device; returns the token for its cookie.

    It is a new one if this one is not ours, or does not begin with `mark`. One browser may be
    several people's. Of each user the devices used last are kept.
    """
    ours = select(LoginDevice.user_id).where(LoginDevice.token_sha256 == tokens.sha256(token))
    if not token.startswith(mark) or await tx.scalar(ours.limit(1)) is None:
        token = tokens.new(mark)
    await tx.merge(LoginDevice(token_sha256=tokens.sha256(token), user_id=user_id, used_at=now))
    await tx.flush()
    newest = select(LoginDevice.token_sha256).where(LoginDevice.user_id == user_id)
    newest = newest.order_by(LoginDevice.used_at.desc()).limit(MOST_OF_A_USER)
    kept = (await tx.scalars(newest)).all()
    forgotten = LoginDevice.user_id == user_id, LoginDevice.token_sha256.not_in(kept)
    await tx.execute(delete(LoginDevice).where(*forgotten))
    return token


async def forget_all(tx: AsyncSession, user_id: str) -> None:
    """No device of the user is known any more, such
    as after their password was changed for them.
    """
    await tx.execute(delete(LoginDevice).where(LoginDevice.user_id == user_id))
