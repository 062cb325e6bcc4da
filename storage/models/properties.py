"""What is known once, of the whole database."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base


class Property(Base):
    """A named value about the installation itself."""

    __tablename__ = "properties"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
