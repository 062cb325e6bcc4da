"""Who may read the media of a recording for a while.

The id of a grant is a secret of its holder's browser, of which only the SHA-256 is kept here. It
opens nothing by itself: whoever sends it has to be signed in as its holder, who still has to be
somebody with the right to it. That is asked of the database at each request, so that it ends at
once.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import tokens
from storage.models import PlaybackGrant, User
from storage.words import Role

LIFETIME = timedelta(hours=4)
"""A long consultation, watched with pauses."""


async def create(
    tx: AsyncSession, *, holder_id: str, recording_id: str, now: datetime
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
        )
    )
    await tx.flush()
    return grant_id, expires_at


async def holder_role(
    tx: AsyncSession, grant_id: str, *, holder_id: str, recording_id: str, now: datetime
) -> Role | None:
    """The role that its holder has now; none if there is no such grant of theirs that counts."""
    return await tx.scalar(
        select(User.role)
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


async def revoke_all(tx: AsyncSession, holder_id: str, *, now: datetime) -> None:
    """For good: whoever is enabled again, or given back a role, opens the recording anew."""
    standing = PlaybackGrant.holder_id == holder_id, PlaybackGrant.revoked_at.is_(None)
    await tx.execute(update(PlaybackGrant).where(*standing).values(revoked_at=now))
