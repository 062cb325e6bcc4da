"""Who may change a row that a server carries: a call, a recording, a part.

Such a row names one start of one server: its node, and the fence, a number that no other start has.
The session of a transaction knows whose it is, and refuses to change the row of anybody else; the
statement itself asks for the fence once more, so that a row that is taken over meanwhile is not
changed, either.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, event, exists, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from storage.errors import CarriedElsewhere
from storage.models import Carried, Node

_CARRIER = "carrier"


@dataclass(frozen=True)
class Carrier:
    """One start of one server. What it carries names it."""

    node_id: str | None
    fence: int
    alone: bool = True
    """A lock keeps every other server away from the database, so that no lease is needed."""

    def carries(self, row: Carried) -> bool:
        """The one comparison that decides whether it may write the row."""
        return (row.node_id, row.fence) == (self.node_id, self.fence)


NOBODY = Carrier(None, 0)
"""No server, but a command or a test: its rows are free for any server to take over."""


class CarryingSession(Session):
    """Changes only rows of its carrier, and gives new ones to it."""


def carrying(carrier: Carrier) -> dict[str, Carrier]:
    """The `info` of such a session."""
    return {_CARRIER: carrier}


def carrier_of(tx: AsyncSession) -> Carrier:
    """Whose transaction it is."""
    carrier: Carrier = tx.info[_CARRIER]
    return carrier


def require(tx: AsyncSession, row: Carried) -> None:
    """For what hangs on the row and is written in the same transaction. Raises CarriedElsewhere."""
    _require(carrier_of(tx), row)


def take_over(tx: AsyncSession, row: Carried) -> None:
    """From now on, this server writes it. It was loaded by a query of what `is_left`."""
    carrier = carrier_of(tx)
    row.node_id, row.fence = carrier.node_id, carrier.fence


def is_mine(tx: AsyncSession, table: type[Carried]) -> ColumnElement[bool]:
    """Of rows that this start of this server carries."""
    carrier = carrier_of(tx)
    return and_(table.node_id.is_not_distinct_from(carrier.node_id), table.fence == carrier.fence)


def is_left(tx: AsyncSession, table: type[Carried]) -> ColumnElement[bool]:
    """Of rows whose server is no more: started anew since, out of its lease, or never told.

    The lease is judged at the beginning of the transaction, by the database's clock: what was
    expired then can never have been renewed since.
    """
    carrier = carrier_of(tx)
    if carrier.alone:
        return table.fence != carrier.fence
    same = Node.id == table.node_id, Node.fence == table.fence
    return ~exists().where(*same, Node.lease_until > func.now())


@contextmanager
def overtaken_is_told() -> Iterator[None]:
    """Raises CarriedElsewhere where a row was taken over between its loading and its change."""
    try:
        yield
    except StaleDataError as error:
        raise CarriedElsewhere("Another server has taken over what was to be written.") from error


@event.listens_for(CarryingSession, "before_flush")
def _guard(session: Session, _context: object, _instances: object) -> None:
    carrier: Carrier = session.info.get(_CARRIER, NOBODY)
    for row in session.new:
        if isinstance(row, Carried):
            row.node_id, row.fence = carrier.node_id, carrier.fence
    for row in session.dirty:
        if isinstance(row, Carried) and session.is_modified(row):
            _require(carrier, row)


def _require(carrier: Carrier, row: Carried) -> None:
    if not carrier.carries(row):
        raise CarriedElsewhere(
            f"A row of {row.__tablename__} is carried by another server: {row.id}."
        )
