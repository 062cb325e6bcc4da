"""The messages of a call's chat, whose text is sealed by the chat's key."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import ChatMessage


async def by_client_id(
    tx: AsyncSession, session_id: str, author_id: str, client_id: str
) -> ChatMessage | None:
    """The message that its author's page has called so."""
    query = select(ChatMessage).where(
        ChatMessage.session_id == session_id,
        ChatMessage.author_id == author_id,
        ChatMessage.client_id == client_id,
    )
    return await tx.scalar(query)


async def add(tx: AsyncSession, row: ChatMessage) -> None:
    """With the next number of its call. The transaction has locked the chat's key."""
    newest = select(func.max(ChatMessage.number)).where(ChatMessage.session_id == row.session_id)
    row.number = (await tx.scalar(newest) or 0) + 1
    tx.add(row)
    await tx.flush()


async def after(
    tx: AsyncSession, session_id: str, number: int, since: datetime | None, limit: int
) -> Sequence[ChatMessage]:
    """Those that follow, in their order; `since`: only what was sent from then on."""
    query = select(ChatMessage).where(
        ChatMessage.session_id == session_id, ChatMessage.number > number
    )
    if since is not None:
        query = query.where(ChatMessage.sent_at >= since)
    return (await tx.scalars(query.order_by(ChatMessage.number).limit(limit))).all()
