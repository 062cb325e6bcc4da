"""Letters about appointments that are to be sent: the outbox.

A row is written in the transaction of what it tells. What it says is put together as it is sent, so
that it is never out of date; which server sends it is told by a lease.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ids import new_id
from storage.models import Appointment, Letter, User
from storage.rows.insert import insert_unless_taken
from storage.words import LetterKind, LetterOutcome

MOST = 200
"""Reminders that are written at once; the others a moment later."""


@dataclass(frozen=True)
class Waiting:
    """How much of the outbox is to be sent."""

    count: int
    oldest: datetime | None
    """When the first of them was written."""

    def seconds(self, now: datetime) -> float:
        """How long that one waits."""
        return max(0.0, (now - self.oldest).total_seconds()) if self.oldest else 0.0


async def tell(
    tx: AsyncSession, calendar_id: str, recipients: Sequence[str], *, sequence: int, now: datetime
) -> None:
    """That an appointment, or a series of them, is as it is now, to those who can be written to."""
    reachable = select(User.id).where(User.id.in_(recipients), User.email.is_not(None))
    for recipient_id in await tx.scalars(reachable):
        about = version(calendar_id, sequence, recipient_id)
        await _add(tx, "calendar", about, calendar_id, recipient_id, now)


async def send_link(tx: AsyncSession, link_id: str, user_id: str, now: datetime) -> None:
    """That a guest is sent their link, which is made as it is sent."""
    await _add(tx, "guest_link", f"{link_id} guest_link", link_id, user_id, now)


async def remind(tx: AsyncSession, kind: LetterKind, ahead: timedelta, now: datetime) -> int:
    """Write down the reminders that are due, each once, whoever else does so; how many there were.

    Of an appointment that was made or moved within that time, its letter was reminder enough: that
    is written down as well, so that it is not looked at again.
    """
    written = exists().where(
        Letter.kind == kind,
        Letter.calendar_id == Appointment.id,
        Letter.starts_at == Appointment.starts_at,
    )
    due = (
        select(Appointment)
        .join(User, User.id == Appointment.patient_id)
        .where(
            Appointment.status == "booked",
            Appointment.starts_at > now,
            Appointment.starts_at <= now + ahead,
            User.email.is_not(None),
            ~written,
        )
        .order_by(Appointment.starts_at)
        .limit(MOST)
    )
    count = 0
    for row in (await tx.scalars(due)).all():
        about = f"{row.id} {row.starts_at.isoformat()} {kind}"
        needed = row.updated_at < row.starts_at - ahead
        settled = None if needed else now
        await _add(tx, kind, about, row.id, row.patient_id, now, row.starts_at, settled_at=settled)
        count += needed
    return count


async def claim(tx: AsyncSession, now: datetime, lease: timedelta) -> Letter | None:
    """The next one that is to be sent, which no other server sends before the lease is over."""
    query = (
        select(Letter)
        .where(_waits(), Letter.next_try_at <= now)
        .where(or_(Letter.leased_until.is_(None), Letter.leased_until < now))
        .order_by(Letter.tries, Letter.next_try_at, Letter.id)  # none waits for what is refused
        .limit(1)
    )
    row = await tx.scalar(query.with_for_update(skip_locked=True))
    if row is not None:
        row.leased_until, row.tries = now + lease, row.tries + 1
    return row


async def settle(tx: AsyncSession, letter_id: str, outcome: LetterOutcome, now: datetime) -> None:
    """It is not to be sent any more."""
    row = await tx.get_one(Letter, letter_id)
    row.outcome, row.settled_at, row.leased_until = outcome, now, None


async def again(tx: AsyncSession, letter_id: str, at: datetime) -> None:
    """It was not sent, and is tried again then."""
    row = await tx.get_one(Letter, letter_id)
    row.next_try_at, row.leased_until = at, None


async def waiting(tx: AsyncSession) -> Waiting:
    """What is still to be sent, by all servers."""
    query = select(func.count(), func.min(Letter.created_at)).where(_waits())
    count, oldest = (await tx.execute(query)).one()
    return Waiting(count, oldest)


def version(calendar_id: str, sequence: int, recipient_id: str) -> str:
    """What a letter is about that tells somebody how an appointment, or a series, is."""
    return f"{calendar_id} {sequence} {recipient_id}"


async def _add(  # noqa: PLR0913 - one argument a column
    tx: AsyncSession,
    kind: LetterKind,
    about: str,
    calendar_id: str,
    recipient_id: str,
    now: datetime,
    starts_at: datetime | None = None,
    *,
    settled_at: datetime | None = None,
) -> None:
    """Unless it is there already. `settled_at`: it need not be sent."""
    values = {
        "id": new_id(),
        "kind": kind,
        "about": about,
        "calendar_id": calendar_id,
        "recipient_id": recipient_id,
        "starts_at": starts_at,
        "created_at": now,
        "next_try_at": now,
        "tries": 0,
        "settled_at": settled_at,
        "outcome": "obsolete" if settled_at else None,
    }
    await insert_unless_taken(tx, Letter, values, "about")


def _waits() -> ColumnElement[bool]:
    return Letter.settled_at.is_(None)
