"""Who was invited to a call, who took part, and as what."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import IS_PRESENT, CallParticipant, TelemedicineSession, User
from storage.words import LeftReason


async def add_both(tx: AsyncSession, session: TelemedicineSession) -> None:
    """Who calls and who is called, of a call that begins to ring."""
    provider = await tx.get_one(User, session.provider_id)
    patient = await tx.get_one(User, session.patient_id)
    tx.add(_begins(session, provider))
    tx.add(_is_called(session, patient))
    await tx.flush()


async def put(tx: AsyncSession, participant: CallParticipant) -> None:
    """Write the row, or what has become of it: again, or anew after a failover lost it,
    it is the same row.
    """
    await tx.merge(participant)
    await tx.flush()


async def guests(
    tx: AsyncSession, session_ids: Sequence[str]
) -> Mapping[str, Sequence[CallParticipant]]:
    """Session id → everybody but the two whose call it is, in the order of their invitations."""
    query = select(CallParticipant).where(
        CallParticipant.session_id.in_(session_ids),
        CallParticipant.side.not_in(("patient", "provider")),
    )
    found: dict[str, list[CallParticipant]] = defaultdict(list)
    for row in sorted(await tx.scalars(query), key=lambda row: row.invited_at):
        found[row.session_id].append(row)
    return found


async def has_joined(tx: AsyncSession, session_id: str, user_id: str) -> bool:
    """Whether this user ever took part in the call."""
    query = select(CallParticipant.user_id).where(
        CallParticipant.session_id == session_id,
        CallParticipant.user_id == user_id,
        CallParticipant.joined_at.is_not(None),
    )
    return await tx.scalar(query.limit(1)) is not None


async def first_joined(tx: AsyncSession, session_id: str, user_id: str) -> datetime | None:
    """When this user first took part in the call."""
    query = select(func.min(CallParticipant.joined_at)).where(
        CallParticipant.session_id == session_id, CallParticipant.user_id == user_id
    )
    return await tx.scalar(query)


async def joins(tx: AsyncSession, session_id: str, user_id: str, at: datetime) -> None:
    """Whoever was invited has accepted."""
    for row in await tx.scalars(_present(session_id).where(CallParticipant.user_id == user_id)):
        row.joined_at = at


async def all_leave(tx: AsyncSession, session: TelemedicineSession) -> None:
    """The call is over, as its row tells already: whoever is still there leaves it."""
    status = session.call_status
    unanswered: LeftReason = status if status in ("declined", "missed") else "call_ended"
    for row in await tx.scalars(_present(session.id)):
        row.left_at = session.ended_at
        row.left_reason = unanswered if row.joined_at is None else "call_ended"


def _present(session_id: str) -> Select[CallParticipant]:
    return select(CallParticipant).where(CallParticipant.session_id == session_id, IS_PRESENT)


def _begins(session: TelemedicineSession, provider: User) -> CallParticipant:
    return _one_of_two(
        session, provider, side="provider", may_share_screen=True, joined_at=session.created_at
    )


def _is_called(session: TelemedicineSession, patient: User) -> CallParticipant:
    return _one_of_two(
        session, patient, side="patient", may_share_screen=False, invited_by=session.provider_id
    )


def _one_of_two(session: TelemedicineSession, user: User, **its_own: Any) -> CallParticipant:
    return CallParticipant(
        session_id=session.id,
        user_id=user.id,
        invited_at=session.created_at,
        name=user.name,
        may_speak=True,
        may_show_camera=True,
        may_chat=True,
        is_recorded=True,
        required=True,
        **its_own,
    )
