"""Browsers that ring while their page is closed: an address at the browser's push service each."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import PushSubscription

MOST_OF_A_USER = 10


async def put(tx: AsyncSession, user_id: str, endpoint: str, now: datetime) -> None:
    """That browser is theirs now, whosever it was. Of each user the newest ones are kept."""
    row = PushSubscription(
        endpoint_sha256=_digest(endpoint), user_id=user_id, endpoint=endpoint, put_at=now
    )
    await tx.merge(row)
    await tx.flush()
    newest = select(PushSubscription.endpoint_sha256).where(PushSubscription.user_id == user_id)
    newest = newest.order_by(PushSubscription.put_at.desc()).limit(MOST_OF_A_USER)
    kept = (await tx.scalars(newest)).all()
    others = PushSubscription.user_id == user_id, PushSubscription.endpoint_sha256.not_in(kept)
    await tx.execute(delete(PushSubscription).where(*others))


async def remove(tx: AsyncSession, user_id: str, endpoint: str) -> None:
    """One of theirs; nothing happens if there is none."""
    one = PushSubscription.endpoint_sha256 == _digest(endpoint)
    await tx.execute(delete(PushSubscription).where(one, PushSubscription.user_id == user_id))


async def forget(tx: AsyncSession, endpoint: str) -> None:
    """Whosever it is: the push service knows it no more."""
    one = PushSubscription.endpoint_sha256 == _digest(endpoint)
    await tx.execute(delete(PushSubscription).where(one))


async def forget_all(tx: AsyncSession, user_id: str) -> None:
    """None of theirs rings any more."""
    await tx.execute(delete(PushSubscription).where(PushSubscription.user_id == user_id))


async def of_user(tx: AsyncSession, user_id: str) -> Sequence[str]:
    """Their addresses."""
    query = select(PushSubscription.endpoint).where(PushSubscription.user_id == user_id)
    return (await tx.scalars(query)).all()


def _digest(endpoint: str) -> str:
    return sha256(endpoint.encode()).hexdigest()
