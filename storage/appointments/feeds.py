"""Private addresses of providers' calendars: a secret each, of which only the hash is kept."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import CalendarFeed
from storage.people import tokens
from storage.words import FeedShows


async def of(tx: AsyncSession, provider_id: str) -> CalendarFeed | None:
    """The one that there is."""
    return await tx.get(CalendarFeed, provider_id)


async def open_new(
    tx: AsyncSession, provider_id: str, shows: FeedShows, now: datetime
) -> tuple[CalendarFeed, str]:
    """With its secret, which nobody is told again. An address of before answers no more."""
    await close(tx, provider_id)
    token = tokens.new()
    feed = CalendarFeed(
        provider_id=provider_id, token_sha256=tokens.sha256(token), shows=shows, created_at=now
    )
    tx.add(feed)
    await tx.flush()
    return feed, token


async def close(tx: AsyncSession, provider_id: str) -> bool:
    """Whether there was one."""
    feed = await of(tx, provider_id)
    if feed is not None:
        await tx.delete(feed)
        await tx.flush()
    return feed is not None


async def by_token(tx: AsyncSession, token: str) -> CalendarFeed | None:
    query = select(CalendarFeed).where(CalendarFeed.token_sha256 == tokens.sha256(token))
    return await tx.scalar(query)
