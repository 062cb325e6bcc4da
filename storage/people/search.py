"""People as they are looked for, by name, a page at a time."""

import base64
import binascii
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import msgspec
from sqlalchemy import ColumnElement, and_, func, not_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from storage.errors import InvalidCursor
from storage.models import CareRelation, Patient, User
from storage.people.users import LOAD_NAME, LOAD_USERNAME
from storage.rows.page import PAGE_SIZE, Page
from storage.words import LOCAL_ISSUER, Role

MOST_WORDS = 8


@dataclass(frozen=True)
class Wanted:
    """Whom somebody looks for."""

    text: str = ""
    """Words, each of which is in the name, the user name or the e-mail address, or is the date of
    birth (ISO 8601).
    """
    roles: Collection[Role] = ()
    """One of these; none: whoever has an account, so no guests."""
    of_provider: str | None = None
    """Only for whom that provider cares."""
    disabled: bool | None = None
    demo: bool = False
    """Those of the demo, too."""


@dataclass(frozen=True)
class Found:
    """Somebody, and what tells them apart from whoever has the same name."""

    user: User
    birth_date: date | None


async def people(
    tx: AsyncSession, wanted: Wanted, cursor: str | None = None, limit: int = PAGE_SIZE
) -> Page[Found]:
    """By name; without load accounts, which are nobody. Raises InvalidCursor."""
    place = func.lower(User.name), User.id
    query = (
        select(User, Patient.birth_date)
        .outerjoin(Patient, Patient.user_id == User.id)
        .where(*_conditions(wanted))
        .order_by(*place)
        .limit(limit + 1)
    )
    if cursor is not None:
        name, user_id = _position(cursor)
        query = query.where(tuple_(*place) > tuple_(func.lower(name), user_id))
    rows = [Found(*row) for row in await tx.execute(query)]
    if len(rows) <= limit:
        return Page(rows, None)
    return Page(rows[:limit], _cursor(rows[limit - 1].user))


def _conditions(wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    words = wanted.text.replace("\0", " ").split()  # which PostgreSQL takes in no text
    conditions = [_has(word) for word in words[:MOST_WORDS]]
    conditions.append(not_(_is_load_account()))
    if wanted.roles:
        conditions.append(User.role.in_(wanted.roles))
    else:
        conditions.append(User.role != "guest")
    if wanted.of_provider is not None:
        theirs = select(CareRelation.patient_id)
        theirs = theirs.where(CareRelation.provider_id == wanted.of_provider)
        conditions.append(User.id.in_(theirs))
    if wanted.disabled is not None:
        conditions.append(User.disabled.is_(wanted.disabled))
    if not wanted.demo:
        conditions.append(User.demo.is_(False))
    return conditions


def _has(word: str) -> ColumnElement[bool]:
    columns = User.name, User.email, User.username
    part = word.lower()
    found = [func.lower(column).contains(part, autoescape=True) for column in columns]
    with suppress(ValueError):
        found.append(Patient.birth_date == date.fromisoformat(word))
    return or_(*found)


def _is_load_account() -> ColumnElement[bool]:
    """`users.is_load_account`, in SQL."""
    here = User.issuer == LOCAL_ISSUER
    return or_(
        and_(here, func.coalesce(User.username, "").startswith(LOAD_USERNAME, autoescape=True)),
        and_(not_(func.coalesce(here, False)), User.name.startswith(LOAD_NAME, autoescape=True)),
    )


def _cursor(user: User) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode((user.name, user.id))).decode()


def _position(cursor: str) -> tuple[str, str]:
    try:
        plain = base64.b64decode(cursor, altchars=b"-_", validate=True)
        name, user_id = msgspec.json.decode(plain, type=tuple[str, str])
    except (binascii.Error, ValueError):
        raise InvalidCursor("This page cursor was not given out by this server.") from None
    if "\0" in name + user_id:
        raise InvalidCursor("This page cursor was not given out by this server.")
    return name, user_id
