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

from storage.models import PlaybackGrant, User
from storage.people import tokens
from storage.words import AnyPurpose, Role

LIFETIME = timedelta(hours=4)
"""A long consultation, watched with pauses."""


@dataclass(frozen=True)
class Why:
    """Why somebody opens a recording."""

    purpose: AnyPurpose
    reason: str | None = None
    """In their own words."""


@dataclass(frozen=True)
class Basis:
    """What a grant rests on beside the right of its holder, and ends with."""

    unlock_id: str | None = None
    """An approval …"""
    break_glass_id: str | None = None
    """… or an access in an emergency."""
    until: datetime | None = None


ALONE = Basis()
"""On nothing else."""


@dataclass(frozen=True)
class Standing:
    """A grant that counts, as far as it can be told without a look at what it rests on."""

    role: Role
    """Of its holder, as it is now."""
    why: Why
    basis: Basis = ALONE


async def create(
    tx: AsyncSession,
    *,
    holder_id: str,
    recording_id: str,
    why: Why,
    now: datetime,
    basis: Basis = ALONE,
) -> tuple[str, datetime]:
    """Its id, and until when it counts: no longer than its basis. Removes on the way everybody's
    that have expired.
    """
    await tx.execute(delete(PlaybackGrant).where(PlaybackGrant.expires_at <= now))
    grant_id, expires_at = tokens.new(), min(now + LIFETIME, basis.until or now + LIFETIME)
    tx.add(
        PlaybackGrant(
            id_sha256=tokens.sha256(grant_id),
            holder_id=holder_id,
            recording_id=recording_id,
            expires_at=expires_at,
            purpose=why.purpose,
            reason=why.reason,
            unlock_id=basis.unlock_id,
            break_glass_id=basis.break_glass_id,
        )
    )
    await tx.flush()
    return grant_id, expires_at


async def standing(
    tx: AsyncSession, grant_id: str, *, holder_id: str, recording_id: str, now: datetime
) -> Standing | None:
    """None if there is no such grant of theirs that counts."""
    found = await tx.execute(
        select(
            User.role,
            PlaybackGrant.purpose,
            PlaybackGrant.reason,
            PlaybackGrant.unlock_id,
            PlaybackGrant.break_glass_id,
        )
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
    return None if row is None else Standing(row[0], Why(row[1], row[2]), Basis(*row[3:]))


async def revoke_all(tx: AsyncSession, holder_id: str, *, now: datetime) -> None:
    """For good: whoever is enabled again, or given back a role, opens the recording anew."""
    standing = PlaybackGrant.holder_id == holder_id, PlaybackGrant.revoked_at.is_(None)
    await tx.execute(update(PlaybackGrant).where(*standing).values(revoked_at=now))
