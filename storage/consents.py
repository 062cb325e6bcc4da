"""Decisions about recording: appended, never changed. The newest one of a user stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Consent, User


@dataclass(frozen=True)
class NamedConsent:
    consent: Consent
    user_name: str


async def append(tx: AsyncSession, consent: Consent) -> None:
    """`consent` without an id; refused by the database if its call or user does not exist."""
    tx.add(consent)
    await tx.flush()


async def for_session(tx: AsyncSession, session_id: str) -> Sequence[NamedConsent]:
    """In the order in which they were made."""
    rows = await tx.execute(
        select(Consent, User.name)
        .join(User, User.id == Consent.user_id)
        .where(Consent.session_id == session_id)
        .order_by(Consent.id)
    )
    return [NamedConsent(*row) for row in rows]
