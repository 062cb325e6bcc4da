"""Insert a row unless a unique one of the kind exists: one statement,
so that two writers cannot both succeed.

A savepoint around a plain insert would not do: SQLite drops savepoints when a full disk ends the
transaction.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import TextClause
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Base

Row = TypeVar("Row", bound=Base)


async def insert_unless_taken(
    tx: AsyncSession,
    table: type[Row],
    values: Mapping[str, Any],
    column: str | Sequence[str],
    where: TextClause | None = None,
) -> Row | None:
    """The new row, or none if another one has the same `column`, or columns (among the rows of a
    partial index, with `where`).
    """
    columns = [column] if isinstance(column, str) else list(column)
    insert = sqlite.insert if tx.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = (
        insert(table)
        .values(values)
        .on_conflict_do_nothing(index_elements=columns, index_where=where)
    )
    return await tx.scalar(statement.returning(table))
