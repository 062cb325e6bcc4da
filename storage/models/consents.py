"""Who agreed to which words."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, RowNumber, one_of
from storage.words import Decision, Side


class Consent(Base):
    """One decision about recording. Append-only: triggers refuse a change."""

    __tablename__ = "consents"
    __table_args__ = (one_of("role", Side), one_of("decision", Decision))

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("telemedicine_sessions.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[Side] = mapped_column(String(16))
    decision: Mapped[Decision] = mapped_column(String(16))
    text_id: Mapped[str] = mapped_column(String(64))
    text_version: Mapped[str] = mapped_column(String(32))
    text_sha256: Mapped[str] = mapped_column(String(64))
    """Of exactly the words that were shown."""
    language: Mapped[str] = mapped_column(String(35))
    text_confirmed: Mapped[bool | None]
    """Whether the page said that it showed them; none of versions that did not ask."""
    at: Mapped[datetime]
    address: Mapped[str | None] = mapped_column(String(64))
    user_agent: Mapped[str | None] = mapped_column(Text)


class ConsentText(Base):
    """Words that somebody was asked to agree to. Append-only: triggers refuse a change."""

    __tablename__ = "consent_texts"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Of `text` in UTF-8, in hexadecimal."""
    text: Mapped[str] = mapped_column(Text)
