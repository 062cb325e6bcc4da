"""Which recordings are kept no longer, by when they began, their kind and the patient's age."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import ages
from storage.models import IS_PERISHABLE, Patient, Recording
from storage.rows.calendar import day_begun, day_number


@dataclass(frozen=True)
class OfAge:
    """Patients who were of age when a recording began, or who are old enough since. One whose date
    of birth is not known counts as born on the day on which it began, so that it is kept longest.
    """

    majority: int
    """Years."""
    born: date
    """Old enough since is who was born then or earlier."""
    noted: datetime
    """A date of birth that was noted later than this, and after the recording began, does not
    count yet.
    """


@dataclass(frozen=True)
class Over:
    """Recordings whose time is over."""

    began: datetime
    """Then or earlier."""
    of_age: OfAge | None = None
    """Whose patients are one of these; none: whoever they are of."""


@dataclass(frozen=True)
class Before:
    """The same by whether their call had pictures; none: no such."""

    video: Over | None
    audio: Over | None


async def expired(
    tx: AsyncSession, before: Before, limit: int, *, besides: Collection[str] = ()
) -> Sequence[str]:
    """Some of those that began before, nothing holds and nobody has erased; oldest first."""
    query = (
        select(Recording.id)
        .outerjoin(Patient, Patient.user_id == Recording.patient_id)
        .where(is_over(before), Recording.id.not_in(besides))
        .order_by(Recording.started_at, Recording.id)
        .limit(limit)
    )
    return (await tx.scalars(query)).all()


def is_over(before: Before | None) -> ColumnElement[bool]:
    """Of recordings beside the records of their patients."""
    kinds = () if before is None else ((False, before.video), (True, before.audio))
    of_kind = [
        and_(
            Recording.audio_only.is_(audio_only),
            Recording.started_at <= over.began,
            *([_is_of_age(over.of_age)] if over.of_age else []),
        )
        for audio_only, over in kinds
        if over is not None
    ]
    began = [over.began for _, over in kinds if over is not None]
    if not began:
        return false()
    return and_(Recording.started_at <= max(began), IS_PERISHABLE, or_(*of_kind))


def _is_of_age(of_age: OfAge) -> ColumnElement[bool]:
    """`ages.birthday`, asked the other way round."""
    began = day_begun(Recording.started_at)
    born = func.coalesce(day_number(Patient.birth_date), began)
    noted = Patient.birth_date_noted_at
    return and_(
        or_(began - born >= of_age.majority * ages.YEAR, born <= ages.number(of_age.born)),
        or_(noted.is_(None), noted <= of_age.noted, Recording.started_at >= noted),
    )
