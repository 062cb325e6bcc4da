"""How well everybody in a call was connected: a row for each change, not for each look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import CallParticipant, ConnectionChange, TelemedicineSession
from storage.words import Condition, Side


@dataclass(frozen=True)
class Connection:
    """How well somebody was connected, and from when until when."""

    user_id: str
    name: str
    side: Side
    began_at: datetime
    ended_at: datetime | None
    """None: the call goes on."""
    condition: Condition


async def change(
    tx: AsyncSession, session_id: str, at: datetime, conditions: Mapping[str, Condition | None]
) -> None:
    """How it is from then on, by user; none of whoever has left. Harmless if written twice."""
    for user_id, condition in conditions.items():
        row = ConnectionChange(session_id=session_id, user_id=user_id, at=at, condition=condition)
        await tx.merge(row)
    await tx.flush()


async def of_session(tx: AsyncSession, session_id: str) -> Sequence[Connection]:
    """Those of each in the order of time; none of calls of versions that noted nothing."""
    session = await tx.get(TelemedicineSession, session_id)
    over_at = session.ended_at if session else None
    people = await tx.scalars(
        select(CallParticipant)
        .where(CallParticipant.session_id == session_id)
        .order_by(CallParticipant.invited_at)
    )
    # Of whoever was invited again, the newest row.
    named = {person.user_id: person for person in people}
    rows = (
        await tx.scalars(
            select(ConnectionChange)
            .where(ConnectionChange.session_id == session_id)
            .order_by(ConnectionChange.user_id, ConnectionChange.at)
        )
    ).all()
    following = [*rows[1:], None] if rows else []
    return [
        Connection(
            row.user_id,
            named[row.user_id].name,
            named[row.user_id].side,
            row.at,
            after.at if after and after.user_id == row.user_id else over_at,
            row.condition,
        )
        for row, after in zip(rows, following, strict=True)
        if row.condition is not None and row.user_id in named
    ]
