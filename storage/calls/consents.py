"""Decisions about recording: appended, never changed. The newest one of a user stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.models import Consent, ConsentText, TelemedicineSession, User
from storage.rows.insert import insert_unless_taken
from storage.rows.page import (
    MOST_ROWS,
    PAGE_SIZE,
    Page,
    Position,
    decode_cursor,
    first_page,
    number_of,
)


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


@dataclass(frozen=True)
class OwnConsent:
    """An answer, and of which call it was."""

    consent: Consent
    user_name: str
    text: str | None
    room_id: str
    call_at: datetime
    provider_name: str


async def of_user(
    tx: AsyncSession, user_id: str, cursor: str | None = None, limit: int = PAGE_SIZE
) -> Page[OwnConsent]:
    """Everything that somebody ever answered, newest first. Raises InvalidCursor."""
    found = _own(user_id).order_by(Consent.id.desc()).limit(limit + 1)
    if cursor is not None:
        found = found.where(Consent.id < number_of(decode_cursor(cursor).id))
    rows = [OwnConsent(*row) for row in await tx.execute(found)]
    return first_page(rows, limit, lambda own: Position(own.consent.at, str(own.consent.id)))


async def one_of_user(tx: AsyncSession, user_id: str, consent_id: int) -> OwnConsent | None:
    """None: there is none, or it is somebody else's."""
    if not 0 < consent_id < MOST_ROWS:
        return None
    row = (await tx.execute(_own(user_id).where(Consent.id == consent_id))).first()
    return OwnConsent(*row) if row else None


def _own(user_id: str) -> Select[Consent, str, str, str, datetime, str]:
    person, provider = aliased(User), aliased(User)
    return (
        select(
            Consent,
            person.name,
            ConsentText.text,
            TelemedicineSession.room_id,
            TelemedicineSession.created_at,
            provider.name,
        )
        .join(TelemedicineSession, TelemedicineSession.id == Consent.session_id)
        .join(person, person.id == Consent.user_id)
        .join(provider, provider.id == TelemedicineSession.provider_id)
        .outerjoin(ConsentText, ConsentText.sha256 == Consent.text_sha256)
        .where(Consent.user_id == user_id)
    )


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
