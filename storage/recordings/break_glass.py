"""Who opened which recording in an emergency, and what compliance said about it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage.ids import new_id
from storage.models import BreakGlassAccess, Recording, User
from storage.words import EmergencyPurpose

Holder = aliased(User)
Reviewer = aliased(User)
Patient = aliased(User)
Provider = aliased(User)
MOST = 200
"""In the list, what waits for a review before all else."""


@dataclass(frozen=True)
class NamedAccess:
    access: BreakGlassAccess
    recording: Recording
    holder_name: str
    patient_name: str
    provider_name: str
    reviewed_by_name: str | None


async def open_in_emergency(  # noqa: PLR0913 - one argument a column
    tx: AsyncSession,
    recording_id: str,
    *,
    by: str,
    purpose: EmergencyPurpose,
    reason: str,
    now: datetime,
    until: datetime,
    alerts: Collection[str] = (),
) -> BreakGlassAccess:
    """From now on somebody may read its media, until then; others are to be told by these ways."""
    access = BreakGlassAccess(
        id=new_id(),
        recording_id=recording_id,
        holder_id=by,
        opened_at=now,
        expires_at=until,
        purpose=purpose,
        reason=reason,
        alerts_left=" ".join(sorted(alerts)),
        alert_at=now if alerts else None,
    )
    tx.add(access)
    await tx.flush()
    return access


async def by_id(tx: AsyncSession, access_id: str) -> BreakGlassAccess | None:
    return await tx.get(BreakGlassAccess, access_id)


async def one(tx: AsyncSession, access_id: str) -> NamedAccess:
    """Raises LookupError."""
    row = (await tx.execute(_named().where(BreakGlassAccess.id == access_id))).first()
    if row is None:
        raise LookupError("there is no such access")
    return NamedAccess(*row)


async def for_change(tx: AsyncSession, access_id: str) -> BreakGlassAccess:
    """Nobody else reviews it until the transaction ends. Raises LookupError."""
    query = select(BreakGlassAccess).where(BreakGlassAccess.id == access_id)
    locked = query.with_for_update().execution_options(populate_existing=True)
    access = await tx.scalar(locked)
    if access is None:
        raise LookupError("there is no such access")
    return access


async def has_alerts(tx: AsyncSession, now: datetime) -> bool:
    """Whether somebody is to be told of one."""
    due = select(BreakGlassAccess.id).where(BreakGlassAccess.alert_at <= now)
    return await tx.scalar(due.limit(1)) is not None


async def claim_alert(tx: AsyncSession, now: datetime, lease: timedelta) -> BreakGlassAccess | None:
    """The next one of which somebody is to be told, whom no other server tells before the lease is
    over.
    """
    query = (
        select(BreakGlassAccess)
        .where(BreakGlassAccess.alert_at <= now)
        .order_by(BreakGlassAccess.alert_at, BreakGlassAccess.id)
        .limit(1)
    )
    access = await tx.scalar(query.with_for_update(skip_locked=True))
    if access is not None:
        access.alert_at, access.alerts_tries = now + lease, access.alerts_tries + 1
    return access


async def to_review(tx: AsyncSession, *, since: datetime) -> Sequence[NamedAccess]:
    """All that nobody has reviewed, oldest first; then what was reviewed since, newest first."""
    waits = BreakGlassAccess.reviewed_at.is_(None)
    query = _named().where(or_(waits, BreakGlassAccess.reviewed_at >= since))
    order = (
        waits.desc(),
        BreakGlassAccess.reviewed_at.desc(),
        BreakGlassAccess.opened_at,
        BreakGlassAccess.id,
    )
    return [NamedAccess(*row) for row in await tx.execute(query.order_by(*order).limit(MOST))]


def _named() -> Select[BreakGlassAccess, Recording, str, str, str, str]:
    return (
        select(BreakGlassAccess, Recording, Holder.name, Patient.name, Provider.name, Reviewer.name)
        .join(Recording, Recording.id == BreakGlassAccess.recording_id)
        .join(Holder, Holder.id == BreakGlassAccess.holder_id)
        .join(Patient, Patient.id == Recording.patient_id)
        .join(Provider, Provider.id == Recording.provider_id)
        .outerjoin(Reviewer, Reviewer.id == BreakGlassAccess.reviewed_by)
    )
