"""Who may read the media of a recording for a while.

The id of a grant is a secret of its holder's browser, of which only the SHA-256 is kept here. It
opens nothing by itself: whoever sends it has to be signed in as its holder, who still has to be
somebody with the right to it. That is asked of the database at each request, so that it ends at
once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import tokens
from storage.models import PlaybackGrant, User
from storage.words import PurposeOfUse, Role

LIFETIME = timedelta(hours=4)
"""A long consultation, watched with pauses."""


@dataclass(frozen=True)
class Why:
    """Why somebody opens a recording."""

    purpose: PurposeOfUse
    reason: str | None = None
    """In their own words."""


@dataclass(frozen=True)
class Standing:
    """A grant that counts: the role that its holder has now, and why they opened it."""

    role: Role
    why: Why


async def create(
    tx: AsyncSession, *, holder_id: str, recording_id: str, why: Why, now: datetime
) -> tuple[str, datetime]:
    """Its id, and until when it counts. Removes on the way everybody's that have expired."""
    await tx.execute(delete(PlaybackGrant).where(PlaybackGrant.expires_at <= now))
    grant_id, expires_at = tokens.new(), now + LIFETIME
    tx.add(
        PlaybackGrant(
            id_sha256=tokens.sha256(grant_id),
            holder_id=holder_id,
            recording_id=recording_id,
            expires_at=expires_at,
            purpose=why.purpose,
            reason=why.reason,
        )
    )
    await tx.flush()
    return grant_id, expires_at


async def standing(
    tx: AsyncSession, grant_id: str, *, holder_id: str, recording_id: str, now: datetime
) -> Standing | None:
    """None if there is no such grant of theirs that counts."""
    found = await tx.execute(
        select(User.role, PlaybackGrant.purpose, PlaybackGrant.reason)
        .join(PlaybackGrant, PlaybackGrant.holder_id == User.id)
        .where(
            PlaybackGrant.id_sha256 == tokens.sha256(grant_id),
            PlaybackGrant.holder_id == holder_id,
            PlaybackGrant.recording_id == recording_id,
            PlaybackGrant.expires_at > now,
            PlaybackGrant.revoked_at.is_(None),
            User.disabled.is_(False),
        )
    )
    row = found.one_or_none()
    return None if row is None else Standing(row[0], Why(row[1], row[2]))


async def revoke_all(tx: AsyncSession, holder_id: str, *, now: datetime) -> None:
    """For good: whoever is enabled again, or given back a role, opens the recording anew."""
    standing = PlaybackGrant.holder_id == holder_id, PlaybackGrant.revoked_at.is_(None)
    await tx.execute(update(PlaybackGrant).where(*standing).values(revoked_at=now))
