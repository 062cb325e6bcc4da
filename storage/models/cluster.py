"""Which servers there are, and what each row that one of them carries says of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from storage.models.base import Base, Id


class Node(Base):
    """A server, from its newest start on. It carries what names it, as long as its lease lasts."""

    __tablename__ = "nodes"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    """For operators: the machine and the process."""
    started_at: Mapped[datetime]
    fence: Mapped[int] = mapped_column(BigInteger, unique=True)
    """Of this start. Each start of any server has a larger one."""
    lease_until: Mapped[datetime | None]
    """By the database's clock; none for a server that holds the database alone, by a lock."""


class Carried:
    """A row that one start of one server carries, and nobody else may change:
    see `storage/rows/carriers.py`.
    """

    __tablename__: str

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    node_id: Mapped[str | None] = mapped_column(Id)
    """No foreign key: a node is forgotten a day after it was heard of last."""
    fence: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """Smaller than any server's where the row is older than fences are."""

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        # UPDATE … WHERE fence = what was loaded: no row, no change, an error
        return {"version_id_col": cls.fence, "version_id_generator": False}
