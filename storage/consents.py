"""Decisions about recording: appended, never changed. The newest one of a user stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.insert import insert_unless_taken
from storage.models import Consent, ConsentText, User


@dataclass(frozen=True)
class NamedConsent:
    consent: Consent
    user_name: str
    text: str | None
    """None of answers to versions of carelay that did not keep the words."""


async def append(tx: AsyncSession, consent: Consent, text: str) -> None:
    """`consent` without an id; refused by the database if its call or user does not exist.

    The words that it is about are kept beside it, once.
    """
    tx.add(consent)
    if await tx.get(ConsentText, consent.text_sha256) is None:
        words = {"sha256": consent.text_sha256, "text": text}
        await insert_unless_taken(tx, ConsentText, words, "sha256")
    await tx.flush()


async def answered_otherwise(
    tx: AsyncSession, text_id: str, version: str, language: str, sha256: str
) -> bool:
    """Whether there is an answer to other words of that id, version and language."""
    other = select(Consent.id).where(
        Consent.text_id == text_id,
        Consent.text_version == version,
        Consent.language == language,
        Consent.text_sha256 != sha256,
    )
    return await tx.scalar(other.limit(1)) is not None


async def for_session(tx: AsyncSession, session_id: str) -> Sequence[NamedConsent]:
    """In the order in which they were made."""
    rows = await tx.execute(
        select(Consent, User.name, ConsentText.text)
        .join(User, User.id == Consent.user_id)
        .outerjoin(ConsentText, ConsentText.sha256 == Consent.text_sha256)
        .where(Consent.session_id == session_id)
        .order_by(Consent.id)
    )
    return [NamedConsent(*row) for row in rows]
