"""Links by which people set a password of their own: each counts once, for a while, until it is
revoked. Of the secret in it only the SHA-256 is kept.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import AccountInvitation, User
from storage.people import tokens


@dataclass(frozen=True)
class Invited:
    """An invitation that counts, and whom it is for."""

    user: User
    invitation: AccountInvitation


@dataclass(frozen=True)
class Resent:
    """A letter that is to be written."""

    email: str
    token: str
    expires_at: datetime


async def create(
    tx: AsyncSession,
    user: User,
    email: str,
    *,
    by: str,
    now: datetime,
    expires_at: datetime,
    send_at: datetime | None = None,
) -> str:
    """Returns the secret of the link. Earlier links of the user count no longer. Another letter is
    written then, unless `sent` was told before.
    """
    await revoke(tx, user.id, now=now)
    token = tokens.new()
    tx.add(
        AccountInvitation(
            token_sha256=tokens.sha256(token),
            user_id=user.id,
            email=email,
            created_at=now,
            created_by=by,
            expires_at=expires_at,
            send_at=send_at,
        )
    )
    await tx.flush()
    return token


async def sent(tx: AsyncSession, token: str) -> None:
    """The letter with that link was taken by a mail server."""
    await tx.execute(
        update(AccountInvitation)
        .where(AccountInvitation.token_sha256 == tokens.sha256(token))
        .values(send_at=None)
    )


async def has_unsent(tx: AsyncSession, now: datetime) -> bool:
    """Whether `send_again` may find one."""
    return bool(await tx.scalar(select(_unsent(now).exists())))


async def send_again(tx: AsyncSession, now: datetime, lease: timedelta) -> Resent | None:
    """The next one whose letter nobody has sent, with another secret, since the first is known to
    nobody any more. No other server sends it before the lease is over.
    """
    query = _unsent(now).order_by(AccountInvitation.send_at).limit(1)
    row = await tx.scalar(query.with_for_update(skip_locked=True, of=AccountInvitation))
    if row is None:
        return None
    token = tokens.new()
    row.token_sha256, row.send_at = tokens.sha256(token), now + lease
    await tx.flush()
    return Resent(row.email, token, row.expires_at)


async def find(
    tx: AsyncSession, token: str, *, now: datetime, lock: bool = False
) -> Invited | None:
    """None if it is unknown, used, revoked or expired, or the user is disabled. `lock`: nobody else
    uses it until the transaction ends.
    """
    query = (
        select(User, AccountInvitation)
        .join(AccountInvitation, AccountInvitation.user_id == User.id)
        .where(AccountInvitation.token_sha256 == tokens.sha256(token), *_counts(now))
    )
    row = (await tx.execute(query.with_for_update() if lock else query)).one_or_none()
    return None if row is None else Invited(row[0], row[1])


async def revoke(
    tx: AsyncSession, user_id: str, *, now: datetime, token: str | None = None
) -> bool:
    """No link of the user counts any more, or none with that secret; whether one did, or would have
    but for its age.
    """
    ended = (
        update(AccountInvitation)
        .where(AccountInvitation.user_id == user_id, _is_open())
        .values(revoked_at=now)
        .returning(AccountInvitation.user_id)
    )
    if token is not None:
        ended = ended.where(AccountInvitation.token_sha256 == tokens.sha256(token))
    return bool((await tx.scalars(ended)).all())


async def open_until(tx: AsyncSession, user_ids: Collection[str]) -> Mapping[str, datetime]:
    """When the open link of each of them expires, or has expired."""
    rows = await tx.execute(
        select(AccountInvitation.user_id, AccountInvitation.expires_at).where(
            AccountInvitation.user_id.in_(user_ids), _is_open()
        )
    )
    return dict(rows.all())


def _unsent(now: datetime) -> Select[AccountInvitation]:
    """Those that count and whose letter is due."""
    query = select(AccountInvitation).join(User, User.id == AccountInvitation.user_id)
    return query.where(AccountInvitation.send_at <= now, *_counts(now))


def _counts(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Whether its link lets somebody in, beside `User`."""
    return AccountInvitation.expires_at > now, _is_open(), User.disabled.is_(False)


def _is_open() -> ColumnElement[bool]:
    return AccountInvitation.used_at.is_(None) & AccountInvitation.revoked_at.is_(None)
